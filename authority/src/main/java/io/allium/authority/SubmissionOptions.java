package io.allium.authority;

/**
 * Which descriptors an authority takes; each component names the torrc option that it holds.
 *
 * @param minimalVersion {@code MinimalAcceptedServerVersion}
 * @param privateAddresses {@code DirAllowPrivateAddresses}
 * @param pinKeys {@code AuthDirPinKeys}
 * @param rejected {@code AuthDirReject} and the rejected of {@code approved-routers}
 * @param invalid {@code AuthDirInvalid} and the invalid of {@code approved-routers}
 */
public record SubmissionOptions(
        TorVersion minimalVersion, boolean privateAddresses, boolean pinKeys, RelaySet rejected, RelaySet invalid) {

    /** C tor's values where nothing is configured. */
    public static final SubmissionOptions DEFAULTS = new SubmissionOptions(
            TorVersion.parse("0.4.8.0-alpha-dev").orElseThrow(), false, true, relay -> false, relay -> false);

    /** C tor's values in a testing network. */
    public static final SubmissionOptions TESTING =
            new SubmissionOptions(DEFAULTS.minimalVersion, true, true, DEFAULTS.rejected, DEFAULTS.invalid);
}
