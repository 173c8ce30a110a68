package io.allium.netdoc;

import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Digests;
import io.allium.crypto.Ed25519Identity;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads microdescriptors where they are {@link PlainText}: the lines that authorities write, in their order. Gives what
 * the schema's reader would give, or nothing. Confined to the reading of one array.
 *
 * @spec dir-spec 3.3
 */
final class PlainMicrodescriptor {
    private final PlainText text;
    private final MessageDigest sha256 = Digests.newSha256();
    private final SharedLines<PortPolicy> policies =
            new SharedLines<>("p", line -> PortPolicy.parseOrRejectAll(PlainText.rest(line, 2)));
    private final SharedLines<PortPolicy> ipv6Policies =
            new SharedLines<>("p6", line -> PortPolicy.parseOrRejectAll(PlainText.rest(line, 3)));

    PlainMicrodescriptor(PlainText text) {
        this.text = text;
    }

    /** The one that the lexer comes to, which is moved past it; null where it is not plain. */
    @Nullable
    Microdescriptor read(Lexer lexer) {
        text.begin(lexer.position());
        Optional<Instant> lastListed = text.sees(LAST_LISTED) ? lastListed() : Optional.empty();
        int start = text.at();
        text.expect(ONION_KEY);
        if (text.sees(BEGIN)) {
            text.expect(BEGIN);
            text.base64Lines();
            text.expect(END);
        }
        text.expect(NTOR_ONION_KEY);
        byte[] ntorOnionKey = text.base64(Curve25519Key.LENGTH);
        text.expect(text.sees(PADDING) ? PADDING : NEWLINE);
        List<String> family = text.sees(FAMILY) ? PlainText.words(text.line(), FAMILY.length) : List.of();
        List<String> familyIds = text.sees(FAMILY_IDS) ? PlainText.words(text.line(), FAMILY_IDS.length) : List.of();
        PortPolicy policy = policies.read(text, PortPolicy.REJECT_ALL);
        PortPolicy ipv6Policy = ipv6Policies.read(text, PortPolicy.REJECT_ALL);
        text.expect(ID);
        byte[] identity = text.base64(Ed25519Identity.LENGTH);
        text.expect(NEWLINE);
        if (text.failed() || !(text.isAtEnd() || text.sees(LAST_LISTED) || text.sees(ONION_KEY))) {
            return null;
        }
        Slice source = new Slice(lexer.source(), start, text.at() - start);
        lexer.skipTo(text.at(), text.lines());
        sha256.update(lexer.source(), start, source.length());
        return new Microdescriptor(
                source,
                Sha256Digest.of(sha256.digest()),
                Curve25519Key.of(ntorOnionKey),
                List.of(),
                family,
                familyIds,
                policy,
                ipv6Policy,
                Optional.of(Ed25519Identity.of(identity)),
                lastListed);
    }

    private Optional<Instant> lastListed() {
        text.expect(LAST_LISTED);
        Optional<Instant> time = Optional.of(text.time());
        text.expect(NEWLINE);
        return time;
    }

    private static final byte[] LAST_LISTED = PlainText.bytes("@last-listed ");
    private static final byte[] ONION_KEY = PlainText.bytes("onion-key\n");
    private static final byte[] BEGIN = PlainText.bytes("-----BEGIN RSA PUBLIC KEY-----\n");
    private static final byte[] END = PlainText.bytes("-----END RSA PUBLIC KEY-----\n");
    private static final byte[] NTOR_ONION_KEY = PlainText.bytes("ntor-onion-key ");
    private static final byte[] PADDING = PlainText.bytes("=\n");
    private static final byte[] NEWLINE = PlainText.bytes("\n");
    private static final byte[] FAMILY = PlainText.bytes("family ");
    private static final byte[] FAMILY_IDS = PlainText.bytes("family-ids ");
    private static final byte[] ID = PlainText.bytes("id ed25519 ");
}
