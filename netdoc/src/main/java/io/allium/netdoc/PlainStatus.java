package io.allium.netdoc;

import io.allium.base.Endpoint;
import io.allium.crypto.Fingerprint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a consensus says of a relay where it is {@link PlainText}: the lines that authorities write, in their order.
 * Gives what {@link StatusReader} would give, or nothing. Confined to the reading of one document.
 *
 * @spec dir-spec 3.4.1
 */
final class PlainStatus {
    private final PlainText text;
    private final boolean named;
    private final SharedLines<FlagSet> flags =
            new SharedLines<>("s", line -> FlagSet.ofNames(PlainText.words(line, 2)));
    private final SharedLines<Optional<String>> versions =
            new SharedLines<>("v", line -> Optional.of(PlainText.rest(line, 2)));
    private final SharedLines<ProtocolVersions> protocols =
            new SharedLines<>("pr", line -> StatusReader.protocolsOrNone(PlainText.rest(line, 3)));
    private final SharedLines<Optional<PortPolicy>> policies =
            new SharedLines<>("p", line -> Optional.of(PortPolicy.parseOrRejectAll(PlainText.rest(line, 2))));

    PlainStatus(PlainText text, ConsensusFlavor flavor) {
        this.text = text;
        this.named = flavor == ConsensusFlavor.NS;
    }

    /** The relay whose {@code r} line is there; null where it is not plain. */
    @Nullable
    RouterStatus router(int place) {
        text.begin(place);
        text.expect(R);
        String nickname = text.nickname();
        byte[] fingerprint = text.base64(Fingerprint.LENGTH);
        text.expect(BLANK);
        Optional<Sha1Digest> descriptor = named ? descriptor() : Optional.empty();
        Instant published = text.time();
        text.expect(BLANK);
        byte[] address = text.ipv4();
        int orPort = text.number(PORT_MAX, ' ');
        int dirPort = text.number(PORT_MAX, '\n');
        List<Endpoint> addresses = text.sees(A) ? addresses() : List.of();
        Optional<Sha256Digest> microdescriptor = named ? Optional.empty() : microdescriptor();
        if (!text.sees(S)) {
            return null;
        }
        FlagSet set = flags.read(text, FlagSet.none());
        Optional<String> version = versions.read(text, Optional.empty());
        ProtocolVersions versionsOf = protocols.read(text, ProtocolVersions.none());
        Optional<RouterBandwidth> bandwidth = text.sees(W) ? bandwidth() : Optional.empty();
        Optional<PortPolicy> policy = policies.read(text, Optional.empty());
        if (text.failed() || !(text.sees(R) || text.sees(FOOTER))) {
            return null;
        }
        return new RouterStatus(
                nickname,
                Fingerprint.of(fingerprint),
                descriptor,
                microdescriptor,
                published,
                new Endpoint(inet(address), orPort),
                dirPort,
                addresses,
                set,
                version,
                versionsOf,
                bandwidth,
                policy);
    }

    private Optional<Sha1Digest> descriptor() {
        byte[] digest = text.base64(Sha1Digest.LENGTH);
        text.expect(BLANK);
        return Optional.of(Sha1Digest.of(digest));
    }

    private Optional<Sha256Digest> microdescriptor() {
        text.expect(M);
        byte[] digest = text.base64(Sha256Digest.LENGTH);
        text.expect(NEWLINE);
        return Optional.of(Sha256Digest.of(digest));
    }

    private List<Endpoint> addresses() {
        List<Endpoint> addresses = new ArrayList<>();
        while (!text.failed() && text.sees(A)) {
            Slice line = text.line();
            try {
                addresses.add(text.failed() ? NOWHERE : Endpoint.parse(PlainText.rest(line, A.length)));
            } catch (IllegalArgumentException notAnEndpoint) {
                text.fail();
            }
        }
        return addresses;
    }

    private Optional<RouterBandwidth> bandwidth() {
        text.expect(W);
        boolean unmeasured = false;
        long bandwidth = text.number();
        if (text.sees(UNMEASURED)) {
            text.expect(UNMEASURED);
            unmeasured = true;
        } else {
            text.expect(NEWLINE);
        }
        return Optional.of(new RouterBandwidth(bandwidth, OptionalLong.empty(), unmeasured));
    }

    private static InetAddress inet(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("four bytes are an address", impossible);
        }
    }

    private static final Endpoint NOWHERE = Endpoint.parse("0.0.0.0:0");
    private static final int PORT_MAX = 0xffff;
    private static final byte[] R = PlainText.bytes("r ");
    private static final byte[] A = PlainText.bytes("a ");
    private static final byte[] M = PlainText.bytes("m ");
    private static final byte[] S = PlainText.bytes("s ");
    private static final byte[] W = PlainText.bytes("w Bandwidth=");
    private static final byte[] UNMEASURED = PlainText.bytes(" Unmeasured=1\n");
    private static final byte[] BLANK = PlainText.bytes(" ");
    private static final byte[] NEWLINE = PlainText.bytes("\n");
    private static final byte[] FOOTER = PlainText.bytes("directory-footer\n");
}
