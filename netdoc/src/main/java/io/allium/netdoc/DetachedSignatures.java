package io.allium.netdoc;

import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Signatures of a consensus and its flavours, apart from the documents: authorities send each other these, for each
 * computes the rest itself.
 *
 * @param consensusDigest of the ns consensus
 * @param additionalDigests of the other flavours
 * @param additionalSignatures over the other flavours
 * @param signatures over the ns consensus
 * @spec dir-spec 3.10
 */
public record DetachedSignatures(
        Sha1Digest consensusDigest,
        Instant validAfter,
        Instant freshUntil,
        Instant validUntil,
        List<FlavorDigest> additionalDigests,
        List<FlavorSignature> additionalSignatures,
        List<DirectorySignature> signatures) {
    /** What the document is made of. */
    public static final Schema SCHEMA = Schema.of(
            "detached signatures",
            Schema.once("consensus-digest").arguments(1).first(),
            Schema.once("valid-after").arguments(2),
            Schema.once("fresh-until").arguments(2),
            Schema.once("valid-until").arguments(2),
            Schema.any("additional-digest").arguments(3),
            Schema.any("additional-signature").arguments(4).object("SIGNATURE"),
            Schema.any("directory-signature").arguments(2).object("SIGNATURE"));

    public DetachedSignatures {
        additionalDigests = List.copyOf(additionalDigests);
        additionalSignatures = List.copyOf(additionalSignatures);
        signatures = List.copyOf(signatures);
    }

    /**
     * The digest of another flavour than ns.
     *
     * @param flavor its name, such as {@code microdesc}
     * @param algorithm such as {@code sha256}
     * @param digest of the signed part
     */
    public record FlavorDigest(String flavor, String algorithm, Slice digest) {}

    /** A signature over another flavour than ns. */
    public record FlavorSignature(String flavor, DirectorySignature signature) {}

    /** The signatures that an ns consensus and a microdesc consensus of the same votes carry. */
    public static DetachedSignatures of(Consensus ns, Consensus microdesc) {
        String flavor = ConsensusFlavor.MICRODESC.text();
        return new DetachedSignatures(
                ns.sha1(),
                ns.validAfter(),
                ns.freshUntil(),
                ns.validUntil(),
                List.of(new FlavorDigest(
                        flavor, "sha256", Slice.of(microdesc.sha256().bytes()))),
                microdesc.signatures().stream()
                        .map(each -> new FlavorSignature(flavor, each))
                        .toList(),
                ns.signatures());
    }

    /** Reads what must be exactly one such document. */
    public static DetachedSignatures parse(byte[] document) throws Untrusted {
        return DocumentList.readOne(Slice.of(document), SCHEMA, DetachedSignatures::read);
    }

    /** The signatures over this flavour. */
    public List<DirectorySignature> of(ConsensusFlavor flavor) {
        return flavor == ConsensusFlavor.NS
                ? signatures
                : additionalSignatures.stream()
                        .filter(each -> each.flavor().equals(flavor.text()))
                        .map(FlavorSignature::signature)
                        .toList();
    }

    /** The digest of this flavour's signed part, if it is there. */
    public Optional<Slice> digest(ConsensusFlavor flavor) {
        return flavor == ConsensusFlavor.NS
                ? Optional.of(Slice.of(consensusDigest.bytes()))
                : additionalDigests.stream()
                        .filter(each -> each.flavor().equals(flavor.text())
                                && each.algorithm().equals("sha256"))
                        .map(FlavorDigest::digest)
                        .findFirst();
    }

    /** The document. */
    public byte[] bytes() {
        DocumentWriter out = new DocumentWriter();
        out.line("consensus-digest", consensusDigest.hex());
        out.line("valid-after", Timestamps.text(validAfter));
        out.line("fresh-until", Timestamps.text(freshUntil));
        out.line("valid-until", Timestamps.text(validUntil));
        for (FlavorDigest each : additionalDigests) {
            String hex = HexFormat.of().withUpperCase().formatHex(each.digest().bytes());
            out.line("additional-digest", each.flavor(), each.algorithm(), hex);
        }
        for (FlavorSignature each : additionalSignatures) {
            DirectorySignature signature = each.signature();
            out.line(
                            "additional-signature",
                            each.flavor(),
                            signature.algorithm(),
                            signature.identity().hex(),
                            signature.signingKey().hex())
                    .object("SIGNATURE", signature.signature().bytes());
        }
        signatures.forEach(signature -> StatusWriter.signature(out, signature));
        return out.bytes();
    }

    private static DetachedSignatures read(Section section) throws Untrusted {
        Instant validAfter = section.one("valid-after").time(0);
        Instant freshUntil = section.one("fresh-until").time(0);
        Instant validUntil = section.one("valid-until").time(0);
        StatusReader.checkOrder(section, validAfter, freshUntil, validUntil);
        List<DirectorySignature> signatures = new ArrayList<>();
        for (Item item : section.all("directory-signature")) {
            signatures.add(StatusReader.signature(item));
        }
        return new DetachedSignatures(
                Sha1Digest.of(section.one("consensus-digest").hex(0, Sha1Digest.LENGTH)),
                validAfter,
                freshUntil,
                validUntil,
                additionalDigests(section),
                additionalSignatures(section),
                signatures);
    }

    /** Digests of the length of SHA-1 or SHA-256; others are for versions to come. */
    private static List<FlavorDigest> additionalDigests(Section section) throws Untrusted {
        List<FlavorDigest> digests = new ArrayList<>();
        for (Item item : section.all("additional-digest")) {
            int length = item.argument(1).equals("sha1") ? Sha1Digest.LENGTH : Sha256Digest.LENGTH;
            if (AuthoritySignatures.isKnown(item.argument(1))) {
                digests.add(new FlavorDigest(item.argument(0), item.argument(1), Slice.of(item.hex(2, length))));
            }
        }
        return digests;
    }

    private static List<FlavorSignature> additionalSignatures(Section section) throws Untrusted {
        List<FlavorSignature> signatures = new ArrayList<>();
        for (Item item : section.all("additional-signature")) {
            if (AuthoritySignatures.isKnown(item.argument(1))) {
                signatures.add(new FlavorSignature(
                        item.argument(0),
                        new DirectorySignature(
                                item.argument(1),
                                Fingerprint.of(item.hex(2, Fingerprint.LENGTH)),
                                Fingerprint.of(item.hex(3, Fingerprint.LENGTH)),
                                Slice.of(item.object()))));
            }
        }
        return signatures;
    }
}
