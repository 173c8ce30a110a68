package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Untrusted;
import io.allium.netdoc.ExitPolicy;
import io.allium.netdoc.ExitPolicyConfiguration;
import java.net.InetAddress;
import java.util.List;

/** Which exit policy the operator's options amount to. Pure. */
public final class ExitRules {
    private ExitRules() {}

    /** The policy, or {@link LocalFailure} naming the rule that is none. */
    public static ExitPolicy policy(RelayOptions options) throws LocalFailure {
        if (!isExit(options)) {
            return ExitPolicy.REJECT_ALL;
        }
        try {
            return configuration(options).policy();
        } catch (Untrusted malformed) {
            throw new LocalFailure("ExitPolicy: " + malformed.getMessage(), malformed);
        }
    }

    /** What the operator says of exits. */
    static ExitPolicyConfiguration configuration(RelayOptions options) {
        List<InetAddress> own = options.exitPolicyRejectPrivate()
                ? options.orPorts().stream().map(Endpoint::address).toList()
                : List.of();
        ExitPolicyConfiguration.Ending ending = options.reducedExitPolicy()
                ? ExitPolicyConfiguration.Ending.REDUCED
                : ExitPolicyConfiguration.Ending.DEFAULT;
        return new ExitPolicyConfiguration(
                options.exitPolicy(), options.ipv6Exit(), options.exitPolicyRejectPrivate(), own, ending);
    }

    /** With {@code ExitRelay auto}, whoever says anything about exits wants to be one. */
    private static boolean isExit(RelayOptions options) {
        return options.exitRelay()
                .orElse(!options.exitPolicy().isEmpty() || options.reducedExitPolicy() || options.ipv6Exit());
    }
}
