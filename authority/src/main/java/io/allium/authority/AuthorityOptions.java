package io.allium.authority;

import io.allium.directory.DirectoryAuthority;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a directory authority is told by its operator; each component names the torrc option that it holds.
 *
 * @param dataDirectory {@code DataDirectory}
 * @param authorities {@code DirAuthority}: all that vote, ourselves among them
 * @param testReachability {@code AuthDirTestReachability}: relays count as running if they answer, not if they say so
 * @param testLinkKeys {@code AuthDirTestEd25519LinkKeys}: a relay must answer with its Ed25519 identity too
 * @param bandwidthFile {@code V3BandwidthsFile}
 * @param guardFractionFile {@code GuardfractionFile}
 */
public record AuthorityOptions(
        Path dataDirectory,
        List<DirectoryAuthority> authorities,
        boolean testReachability,
        boolean testLinkKeys,
        Optional<Path> bandwidthFile,
        Optional<Path> guardFractionFile,
        VoteOptions vote,
        FlagOptions flags,
        SubmissionOptions submissions,
        BadRelays badRelays) {

    public AuthorityOptions {
        authorities = List.copyOf(authorities);
    }
}
