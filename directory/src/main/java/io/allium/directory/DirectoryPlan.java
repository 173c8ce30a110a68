package io.allium.directory;

import io.allium.crypto.Fingerprint;
import io.allium.netdoc.ConsensusFlavor;
import java.time.Duration;
import java.util.List;

/**
 * Which documents we want, and how we go about it. Immutable.
 *
 * @param trusted the v3 identities of the authorities, of which more than half must have signed a consensus
 * @param flavors of consensus; paths are chosen from the first
 * @param fallbacks whether there are fallback directories, which are asked before authorities
 * @param authoritiesOnly whether only authorities are asked: by caches and authorities
 * @param early whether a new consensus is fetched as soon as there is one: by caches
 * @param pathsNeeded the share of likely paths that we must be able to build; negative for the consensus's value
 * @param authorityDelay how long fallbacks are tried before an authority is asked as well
 */
public record DirectoryPlan(
        List<Fingerprint> trusted,
        List<ConsensusFlavor> flavors,
        boolean fallbacks,
        boolean authoritiesOnly,
        boolean early,
        double pathsNeeded,
        Duration authorityDelay) {
    /** As in C tor: {@code ClientBootstrapConsensusAuthorityDownloadInitialDelay}. */
    public static final Duration AUTHORITY_DELAY = Duration.ofSeconds(6);

    public DirectoryPlan {
        trusted = List.copyOf(trusted);
        flavors = List.copyOf(flavors);
    }

    /** A client's: the microdesc consensus and the microdescriptors that it names. */
    public static DirectoryPlan ofClient(
            List<DirectoryAuthority> authorities, boolean fallbacks, double pathsNeeded, boolean testing) {
        return new DirectoryPlan(
                identities(authorities),
                List.of(ConsensusFlavor.MICRODESC),
                fallbacks,
                false,
                false,
                pathsNeeded,
                testing || !fallbacks ? Duration.ZERO : AUTHORITY_DELAY);
    }

    /** A cache's: both consensuses and all microdescriptors, from the authorities. */
    public static DirectoryPlan ofCache(List<DirectoryAuthority> authorities, double pathsNeeded) {
        return new DirectoryPlan(
                identities(authorities),
                List.of(ConsensusFlavor.MICRODESC, ConsensusFlavor.NS),
                false,
                true,
                true,
                pathsNeeded,
                Duration.ZERO);
    }

    private static List<Fingerprint> identities(List<DirectoryAuthority> authorities) {
        return authorities.stream().flatMap(each -> each.v3Ident().stream()).toList();
    }
}
