package io.allium.netdoc;

import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.RsaKeyPair;
import java.util.stream.Collectors;

/**
 * Writes and signs votes, their items in the order in which C tor has them.
 *
 * @spec dir-spec 3.4.1
 */
public final class VoteWriter {
    private VoteWriter() {}

    /** The signed vote; {@code signingKey} is the one of the body's certificate. */
    public static byte[] write(VoteBody body, RsaKeyPair signingKey) {
        if (!signingKey.fingerprint().equals(body.certificate().signingKeyDigest())) {
            throw new IllegalArgumentException("the key is not the certificate's");
        }
        DocumentWriter out = new DocumentWriter();
        preamble(out, body.header());
        authority(out, body.header());
        out.raw(body.certificate().source().text());
        body.routers().forEach(entry -> entry(out, entry));
        out.line("directory-footer");
        byte[] signedPart = new DocumentWriter()
                .raw(out.text())
                .raw(ConsensusWriter.SIGNATURE_KEYWORD)
                .bytes();
        StatusWriter.signature(
                out,
                ConsensusWriter.sign(
                        Slice.of(signedPart), "sha1", body.certificate().fingerprint(), signingKey));
        return out.bytes();
    }

    private static void preamble(DocumentWriter out, VoteHeader header) {
        out.line("network-status-version", 3).line("vote-status", "vote");
        out.line("consensus-methods", header.methods().toArray());
        out.line("published", Timestamps.text(header.published()));
        StatusWriter.times(out, header.times());
        out.lineIfAny("client-versions", String.join(",", header.clientVersions()));
        out.lineIfAny("server-versions", String.join(",", header.serverVersions()));
        StatusWriter.packages(out, header.packages());
        ProtocolDemands protocols = header.protocols();
        out.lineIfAny(
                "recommended-relay-protocols", protocols.recommendedRelay().text());
        out.lineIfAny(
                "recommended-client-protocols", protocols.recommendedClient().text());
        out.lineIfAny("required-relay-protocols", protocols.requiredRelay().text());
        out.lineIfAny("required-client-protocols", protocols.requiredClient().text());
        out.line("known-flags", String.join(" ", header.knownFlags()));
        out.pairs("flag-thresholds", header.flagThresholds());
        out.pairs("params", header.parameters());
        header.bandwidthFileHeaders().ifPresent(headers -> out.line("bandwidth-file-headers", headers));
        header.bandwidthFileDigest()
                .ifPresent(digest -> out.line("bandwidth-file-digest", "sha256=" + digest.base64()));
    }

    private static void authority(DocumentWriter out, VoteHeader header) {
        StatusWriter.source(out, header.source());
        out.line("contact", header.contact());
        if (header.sharedRandomParticipant()) {
            out.line("shared-rand-participate");
        }
        header.sharedRandomCommits().forEach(commit -> commit(out, commit));
        header.previousSharedRandom()
                .ifPresent(value -> StatusWriter.sharedRandom(out, "shared-rand-previous-value", value));
        header.currentSharedRandom()
                .ifPresent(value -> StatusWriter.sharedRandom(out, "shared-rand-current-value", value));
        header.legacyIdentity().ifPresent(identity -> out.line("legacy-dir-key", identity.hex()));
    }

    private static void commit(DocumentWriter out, SharedRandomCommit commit) {
        out.raw("shared-rand-commit " + commit.version() + " " + commit.algorithm());
        out.raw(" " + commit.authority().hex() + " " + commit.commit());
        commit.reveal().ifPresent(reveal -> out.raw(" ").raw(reveal));
        out.raw("\n");
    }

    private static void entry(DocumentWriter out, VoteEntry entry) {
        StatusWriter.router(out, entry.status());
        out.line("id", "ed25519", entry.identity().map(Ed25519Identity::base64).orElse("none"));
        entry.stats().ifPresent(stats -> out.line("stats", stats));
        for (VoteEntry.MicrodescriptorVote vote : entry.microdescriptors()) {
            String methods = vote.methods().stream().map(String::valueOf).collect(Collectors.joining(","));
            out.line("m", methods, "sha256=" + vote.digest().base64());
        }
    }
}
