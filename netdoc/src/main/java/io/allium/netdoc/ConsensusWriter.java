package io.allium.netdoc;

import io.allium.crypto.Fingerprint;
import io.allium.crypto.RsaKeyPair;
import java.util.List;

/**
 * Writes consensuses of either flavour. Authorities must agree on every byte, so all is written exactly as C tor writes
 * it, in the order in which the records hold it.
 *
 * @spec dir-spec 3.4.1
 */
public final class ConsensusWriter {
    /** The last of what is signed: everyone's signature begins with it. */
    static final String SIGNATURE_KEYWORD = "directory-signature ";

    private ConsensusWriter() {}

    /** The consensus with these signatures. */
    public static byte[] write(ConsensusBody body, List<DirectorySignature> signatures) {
        DocumentWriter out = body(body);
        signatures.forEach(signature -> StatusWriter.signature(out, signature));
        return out.bytes();
    }

    /** The same from the signed part of a consensus, which need not be written again. */
    public static byte[] write(Slice signedPart, List<DirectorySignature> signatures) {
        int before = signedPart.length() - SIGNATURE_KEYWORD.length();
        return joined(new Slice(signedPart.array(), signedPart.offset(), before), signatures);
    }

    /** What the authorities sign: all of the body, and the keyword of the first signature. */
    public static Slice signedPart(ConsensusBody body) {
        return Slice.of(body(body).raw(SIGNATURE_KEYWORD).bytes());
    }

    /** The signature of an authority, with the algorithm of the consensus's flavour. */
    public static DirectorySignature sign(ConsensusBody body, Fingerprint identity, RsaKeyPair signingKey) {
        return sign(signedPart(body), body.header().flavor(), identity, signingKey);
    }

    /** The same from the signed part of a consensus of that flavour. */
    public static DirectorySignature sign(
            Slice signedPart, ConsensusFlavor flavor, Fingerprint identity, RsaKeyPair signingKey) {
        return sign(signedPart, flavor == ConsensusFlavor.NS ? "sha1" : "sha256", identity, signingKey);
    }

    static DirectorySignature sign(Slice signed, String algorithm, Fingerprint identity, RsaKeyPair signingKey) {
        byte[] signature = signingKey.sign(AuthoritySignatures.digest(algorithm, signed));
        return new DirectorySignature(algorithm, identity, signingKey.fingerprint(), Slice.of(signature));
    }

    /** A consensus that was read, with more signatures; what it had stays, byte by byte. */
    public static byte[] append(Consensus consensus, List<DirectorySignature> more) {
        return joined(consensus.source(), more);
    }

    private static byte[] joined(Slice before, List<DirectorySignature> signatures) {
        DocumentWriter out = new DocumentWriter();
        signatures.forEach(signature -> StatusWriter.signature(out, signature));
        byte[] after = out.bytes();
        byte[] all = new byte[before.length() + after.length];
        System.arraycopy(before.array(), before.offset(), all, 0, before.length());
        System.arraycopy(after, 0, all, before.length(), after.length);
        return all;
    }

    private static DocumentWriter body(ConsensusBody body) {
        DocumentWriter out = new DocumentWriter();
        header(out, body.header());
        body.sources().forEach(source -> source(out, source));
        body.routers().forEach(router -> StatusWriter.router(out, router));
        out.line("directory-footer");
        if (!body.bandwidthWeights().isEmpty()) {
            out.pairs("bandwidth-weights", body.bandwidthWeights());
        }
        return out;
    }

    private static void header(DocumentWriter out, ConsensusHeader header) {
        if (header.flavor() == ConsensusFlavor.NS) {
            out.line("network-status-version", 3);
        } else {
            out.line("network-status-version", 3, header.flavor().text());
        }
        out.line("vote-status", "consensus").line("consensus-method", header.method());
        StatusWriter.times(out, header.times());
        out.line("client-versions", String.join(",", header.clientVersions()));
        out.line("server-versions", String.join(",", header.serverVersions()));
        StatusWriter.packages(out, header.packages());
        out.line("known-flags", String.join(" ", header.knownFlags()));
        ProtocolDemands protocols = header.protocols();
        out.line("recommended-client-protocols", protocols.recommendedClient());
        out.line("recommended-relay-protocols", protocols.recommendedRelay());
        out.line("required-client-protocols", protocols.requiredClient());
        out.line("required-relay-protocols", protocols.requiredRelay());
        if (!header.parameters().isEmpty()) {
            out.pairs("params", header.parameters());
        }
        header.previousSharedRandom()
                .ifPresent(value -> StatusWriter.sharedRandom(out, "shared-rand-previous-value", value));
        header.currentSharedRandom()
                .ifPresent(value -> StatusWriter.sharedRandom(out, "shared-rand-current-value", value));
    }

    private static void source(DocumentWriter out, ConsensusSource source) {
        StatusWriter.source(out, source.source());
        source.contact().ifPresent(contact -> out.line("contact", contact));
        source.voteDigest().ifPresent(digest -> out.line("vote-digest", digest.hex()));
    }
}
