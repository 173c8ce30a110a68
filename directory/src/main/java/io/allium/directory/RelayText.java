package io.allium.directory;

import io.allium.base.Endpoint;
import io.allium.control.ControlTime;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha1Digest;
import java.util.Base64;

/**
 * How the control protocol writes what a consensus says of a relay. Pure functions.
 *
 * @spec control-spec 3.9
 */
final class RelayText {
    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();
    /** The length of the digest that a microdescriptor consensus does not have: zeros stand for it. */
    private static final int NO_DIGEST = 20;

    private RelayText() {}

    /** As a consensus would write it for controllers. */
    static String entry(RouterStatus relay) {
        byte[] digest = relay.descriptor().map(Sha1Digest::bytes).orElse(new byte[NO_DIGEST]);
        StringBuilder text = new StringBuilder("r ")
                .append(relay.nickname())
                .append(' ')
                .append(BASE64.encodeToString(relay.fingerprint().bytes()))
                .append(' ')
                .append(BASE64.encodeToString(digest))
                .append(' ')
                .append(ControlTime.seconds(relay.published()))
                .append(' ')
                .append(Endpoint.text(relay.orPort().address()))
                .append(' ')
                .append(relay.orPort().port())
                .append(' ')
                .append(relay.dirPort());
        relay.additionalOrPorts().forEach(port -> text.append("\na ").append(port));
        text.append("\ns ").append(relay.flags());
        relay.bandwidth().ifPresent(bandwidth -> text.append("\nw Bandwidth=").append(bandwidth.bandwidth()));
        return text.toString();
    }
}
