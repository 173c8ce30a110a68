package io.allium.onionservice;

import io.allium.directory.Relay;
import java.util.HexFormat;
import java.util.Optional;

/**
 * How the control protocol writes what happens to descriptors. Pure functions.
 *
 * @spec control-spec 4.1.25, 4.1.26
 */
final class DescriptorText {
    private static final String UNKNOWN = "UNKNOWN";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private DescriptorText() {}

    /** What stands behind {@code HS_DESC}. */
    static String line(DescriptorEvents.Event event) {
        String service = event.service().label();
        return switch (event) {
            case DescriptorEvents.Created created ->
                "CREATED " + service + " UNKNOWN UNKNOWN " + created.blinded().base64();
            case DescriptorEvents.Upload upload ->
                "UPLOAD " + service + " UNKNOWN " + upload.directory() + " "
                        + upload.blinded().base64() + " HSDIR_INDEX=" + HEX.formatHex(upload.index());
            case DescriptorEvents.Uploaded uploaded -> "UPLOADED " + service + " UNKNOWN " + uploaded.directory();
            case DescriptorEvents.NotUploaded failed ->
                "FAILED " + service + " NO_AUTH " + failed.directory() + " "
                        + failed.blinded().base64() + " REASON=" + failed.reason();
            case DescriptorEvents.Requested requested ->
                "REQUESTED " + service + " NO_AUTH " + requested.directory() + " "
                        + requested.blinded().base64() + " HSDIR_INDEX=" + HEX.formatHex(requested.index());
            case DescriptorEvents.Received received ->
                "RECEIVED " + service + " NO_AUTH " + received.directory() + " "
                        + received.blinded().base64();
            case DescriptorEvents.NotReceived failed ->
                "FAILED " + service + " NO_AUTH " + name(failed.directory()) + " "
                        + failed.blinded().base64() + " REASON=" + failed.reason();
        };
    }

    /** What stands behind {@code HS_DESC_CONTENT}, before the descriptor. */
    static String heading(DescriptorEvents.Received received) {
        return received.service().label() + " " + received.blinded().base64() + " " + received.directory();
    }

    /** The same of one that was not had. */
    static String heading(DescriptorEvents.NotReceived failed) {
        return failed.service().label() + " " + failed.blinded().base64() + " " + name(failed.directory());
    }

    private static String name(Optional<Relay> directory) {
        return directory.map(Relay::toString).orElse(UNKNOWN);
    }
}
