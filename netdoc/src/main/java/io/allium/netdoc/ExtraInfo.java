package io.allium.netdoc;

import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Fingerprint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The statistics that a relay publishes beside its server descriptor, signed by the same keys.
 *
 * @param source the exact bytes
 * @param digest SHA-1 of the signed part and SHA-256 of all, as the server descriptor names them
 * @param certificate in which the master key vouches for the key that signs
 * @param statistics every line between {@code published} and the signatures, keyword included, known or not
 * @spec dir-spec 2.1.2
 */
public record ExtraInfo(
        Slice source,
        ExtraInfoDigest digest,
        String nickname,
        Fingerprint fingerprint,
        Ed25519Certificate certificate,
        Instant published,
        List<String> statistics,
        RouterSignatures signatures) {
    /** What an extra-info document is made of; statistics are taken as they are. */
    public static final Schema SCHEMA = Schema.of(
            "extra-info document",
            Schema.once("extra-info").arguments(2).first(),
            Schema.once("identity-ed25519").exactly(0).object("ED25519 CERT"),
            Schema.once("published").arguments(2),
            Schema.once("router-sig-ed25519").arguments(1),
            Schema.once("router-signature").exactly(0).object("SIGNATURE").last());

    /** MAX_EXTRAINFO_UPLOAD_SIZE of C tor: authorities take no longer ones. */
    public static final int MAX_LENGTH = 50_000;

    public ExtraInfo {
        statistics = List.copyOf(statistics);
    }

    /** Reads what must be exactly one extra-info document. */
    public static Unverified<ExtraInfo> parse(byte[] document) throws Untrusted {
        return new Unverified<>(DocumentList.readOne(Slice.of(document), SCHEMA, ExtraInfo::read));
    }

    /** Reads extra-info documents that stand one after the other. */
    public static DocumentList<Unverified<ExtraInfo>> parseAll(byte[] documents) {
        return DocumentList.read(Slice.of(documents), SCHEMA, "extra-info", ExtraInfo::read)
                .map(Unverified::new);
    }

    /**
     * The signed document. Lines at the end are left out if it would get longer than authorities take.
     *
     * @param statistics lines with their keywords, without newlines
     */
    public static byte[] write(String nickname, Instant published, List<String> statistics, RouterSecrets secrets) {
        DocumentWriter out = new DocumentWriter();
        out.line("extra-info", nickname, secrets.rsaIdentity().fingerprint().hex());
        out.line("identity-ed25519")
                .object("ED25519 CERT", secrets.identityCertificate().encoded());
        out.line("published", Timestamps.text(published));
        int length = out.bytes().length + SIGNATURES_LENGTH;
        for (String statistic : statistics) {
            length += statistic.length() + 1;
            if (length > MAX_LENGTH) {
                break;
            }
            out.raw(statistic).raw("\n");
        }
        RouterDescriptorWriter.sign(out, secrets);
        return out.bytes();
    }

    /**
     * Checks both signatures against the keys of the relay's server descriptor, which were checked before: most relays'
     * certificate is the same in both documents, and then is not checked again.
     */
    public static Unverified.Check<ExtraInfo> signedBy(RouterKeys keys, Instant now) {
        return document -> {
            if (!document.fingerprint.equals(keys.rsaIdentity().fingerprint())) {
                throw new Untrusted("extra-info: of another relay");
            }
            if (!document.certificate.signedWith().equals(Optional.of(keys.identity()))) {
                throw new Untrusted("identity-ed25519: of another relay");
            }
            if (document.certificate.equals(keys.identityCertificate())
                    && now.isBefore(document.certificate.expires())) {
                document.signatures.check(document.certificate.certifiedKey(), keys.rsaIdentity());
            } else {
                document.signatures.check(document.certificate, keys.rsaIdentity(), now);
            }
        };
    }

    private static ExtraInfo read(Section section) throws Untrusted {
        Item first = section.one("extra-info");
        if (!Nicknames.isNickname(first.argument(0))) {
            throw first.bad("'" + first.argument(0) + "' is not a nickname");
        }
        RouterSignatures signatures = RouterSignatures.read(section);
        Slice source = section.source();
        return new ExtraInfo(
                source,
                new ExtraInfoDigest(Sha1Digest.over(signatures.rsaSigned()), Optional.of(Sha256Digest.over(source))),
                first.argument(0),
                Fingerprint.of(first.hex(1, Fingerprint.LENGTH)),
                RouterSignatures.certificate(section.one("identity-ed25519")),
                section.one("published").time(0),
                statistics(section),
                signatures);
    }

    private static List<String> statistics(Section section) {
        return section.items().stream()
                .filter(item -> SCHEMA.rules().stream().noneMatch(rule -> item.is(rule.keyword())))
                .map(Item::text)
                .toList();
    }

    /** Room for the two signature items: 340 bytes with an RSA key of 1024 bits. */
    private static final int SIGNATURES_LENGTH = 512;
}
