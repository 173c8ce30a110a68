package io.allium.directory;

import io.allium.base.Endpoint;
import io.allium.control.ControlTime;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha1Digest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

/**
 * How the control protocol writes what a consensus says of a relay. Pure functions.
 *
 * @spec control-spec 3.9
 */
public final class RelayText {
    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

    private RelayText() {}

    /**
     * As a consensus would write it for controllers. Where it is one of microdescriptors, the first bytes of that digest
     * stand for the other, which it does not have: as in C tor.
     */
    public static String entry(RouterStatus relay) {
        byte[] digest = relay.descriptor()
                .map(Sha1Digest::bytes)
                .or(() -> relay.microdescriptor().map(each -> Arrays.copyOf(each.bytes(), Sha1Digest.LENGTH)))
                .orElse(new byte[Sha1Digest.LENGTH]);
        return entry(relay, digest, relay.published());
    }

    /** The same with what a server descriptor of the relay tells. */
    public static String entry(RouterStatus relay, Sha1Digest descriptor, Instant published) {
        return entry(relay, descriptor.bytes(), published);
    }

    private static String entry(RouterStatus relay, byte[] digest, Instant published) {
        StringBuilder text = new StringBuilder("r ")
                .append(relay.nickname())
                .append(' ')
                .append(BASE64.encodeToString(relay.fingerprint().bytes()))
                .append(' ')
                .append(BASE64.encodeToString(digest))
                .append(' ')
                .append(ControlTime.seconds(published))
                .append(' ')
                .append(Endpoint.text(relay.orPort().address()))
                .append(' ')
                .append(relay.orPort().port())
                .append(' ')
                .append(relay.dirPort());
        relay.additionalOrPorts().forEach(port -> text.append("\na ").append(port));
        text.append("\ns ").append(relay.flags());
        relay.bandwidth().ifPresent(bandwidth -> text.append("\nw Bandwidth=").append(bandwidth.bandwidth()));
        relay.policy().ifPresent(policy -> text.append("\np ").append(policy));
        return text.toString();
    }
}
