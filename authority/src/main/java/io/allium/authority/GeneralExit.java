package io.allium.authority;

import io.allium.netdoc.ExitPolicy;
import io.allium.netdoc.ExitRule;

/**
 * Whether a policy makes an exit of general use: at ports 80 and 443 at least one whole /8 is accepted.
 *
 * @spec dir-spec 3.4.2
 */
final class GeneralExit {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private final boolean privateNetworksCount;

    /** @param privateNetworksCount whether 10.0.0.0/8 and 127.0.0.0/8 will do, in a testing network */
    GeneralExit(boolean privateNetworksCount) {
        this.privateNetworksCount = privateNetworksCount;
    }

    boolean isAllowedBy(ExitPolicy policy) {
        return accepts(policy, HTTP) && accepts(policy, HTTPS);
    }

    private boolean accepts(ExitPolicy policy, int port) {
        for (int block = 0; block < 256; block++) {
            boolean counts = privateNetworksCount || (block != 0 && block != 10 && block != 127);
            if (counts && accepts(policy, port, block)) {
                return true;
            }
        }
        return false;
    }

    /** The first rule that touches the /8 decides, but for accepting ones that cover it only in part. */
    private static boolean accepts(ExitPolicy policy, int port, int block) {
        for (ExitRule rule : policy.rules()) {
            if (!rule.isIpv6() && rule.ports().contains(port) && touches(rule, block)) {
                if (!rule.accepts()) {
                    return false;
                }
                if (rule.bits() <= 8) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean touches(ExitRule rule, int block) {
        int first = rule.network().getAddress()[0] & 0xff;
        int shared = Math.min(8, rule.bits());
        return first >>> 8 - shared == block >>> 8 - shared;
    }
}
