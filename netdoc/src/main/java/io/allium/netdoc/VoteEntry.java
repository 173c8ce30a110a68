package io.allium.netdoc;

import io.allium.crypto.Ed25519Identity;
import java.util.List;
import java.util.Optional;

/**
 * What a vote says of one relay.
 *
 * @param status the lines that a consensus has too
 * @param identity from {@code id ed25519}; absent where the line says {@code none}
 * @param stats the {@code stats} line without its keyword: informative
 * @param microdescriptors what microdescriptor each consensus method makes of the descriptor
 * @spec dir-spec 3.4.1
 */
public record VoteEntry(
        RouterStatus status,
        Optional<Ed25519Identity> identity,
        Optional<String> stats,
        List<MicrodescriptorVote> microdescriptors) {
    public VoteEntry {
        microdescriptors = List.copyOf(microdescriptors);
    }

    /**
     * An {@code m} line: these consensus methods make this microdescriptor.
     *
     * @param methods ascending
     */
    public record MicrodescriptorVote(List<Integer> methods, Sha256Digest digest) {
        public MicrodescriptorVote {
            methods = List.copyOf(methods);
        }
    }

    /** The microdescriptor that a method makes of this relay's descriptor. */
    public Optional<Sha256Digest> microdescriptor(int method) {
        for (MicrodescriptorVote vote : microdescriptors) {
            if (vote.methods().contains(method)) {
                return Optional.of(vote.digest());
            }
        }
        return Optional.empty();
    }
}
