package io.allium.app;

import io.allium.app.NetworkNode.Role;
import io.allium.crypto.Fingerprint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The torrc files of a planned network, which C tor and we read alike. Pure. */
final class NetworkTorrc {
    /** The file that every torrc of the network includes. */
    static final String COMMON = "common.torrc";

    /**
     * Who a relay is.
     *
     * @param v3Identity of an authority; of others, the fingerprint again
     */
    record Identity(Fingerprint fingerprint, Fingerprint v3Identity) {}

    private NetworkTorrc() {}

    /** What all nodes must agree on. */
    static String common(NetworkPlan plan, Map<NetworkNode, Identity> identities) {
        StringBuilder text = new StringBuilder("""
                # What all nodes of this private network have in common.
                # TestingTorNetwork: relays may have private addresses and share them, and are used from the first day on.
                TestingTorNetwork 1
                TestingDirAuthVoteGuard *
                TestingDirAuthVoteHSDir *
                TestingMinExitFlagThreshold 0

                # How often authorities vote, and how long votes and then signatures may travel; before the first consensus
                # and after it.
                """);
        interval(text, "TestingV3AuthInitialVotingInterval", plan.initialInterval());
        interval(text, "TestingV3AuthInitialVoteDelay", plan.initialDelay());
        interval(text, "TestingV3AuthInitialDistDelay", plan.initialDelay());
        interval(text, "V3AuthVotingInterval", plan.votingInterval());
        interval(text, "V3AuthVoteDelay", plan.delay());
        interval(text, "V3AuthDistDelay", plan.delay());
        text.append("\n# Whom to believe about who is in the network.\n");
        identities.forEach((node, identity) -> {
            if (node.role() == Role.AUTHORITY) {
                text.append(authorityLine(node, identity));
            }
        });
        return text.toString();
    }

    private static void interval(StringBuilder text, String option, Duration value) {
        text.append(option).append(' ').append(value.toSeconds()).append(" seconds\n");
    }

    private static String authorityLine(NetworkNode node, Identity identity) {
        return "DirAuthority " + node.name() + " orport=" + node.orPort() + " v3ident="
                + identity.v3Identity().hex() + " " + node.host().address() + ":" + node.dirPort() + " "
                + identity.fingerprint().hex() + "\n";
    }

    /** The torrc of one node. */
    static String of(NetworkNode node, Path network) {
        Path folder = network.resolve(node.name());
        String text = """
                # NAME: WHAT of a private Tor network.
                %include NETWORK/COMMON
                DataDirectory FOLDER
                PidFile FOLDER/pid
                Log notice file FOLDER/notice.log
                ControlPort 127.0.0.1:CONTROL
                CookieAuthentication 1
                """.replace("NAME", node.name())
                .replace("WHAT", what(node))
                .replace("COMMON", COMMON)
                .replace("NETWORK", network.toString())
                .replace("FOLDER", folder.toString())
                .replace("CONTROL", "" + node.controlPort());
        return text
                + switch (node.role()) {
                    case CLIENT -> "SocksPort 127.0.0.1:" + node.socksPort() + "\n";
                    case AUTHORITY -> relay(node) + port("DirPort", node, node.dirPort()) + """
                            AuthoritativeDirectory 1
                            V3AuthoritativeDirectory 1
                            ExitPolicy reject *:*
                            """;
                    case RELAY -> relay(node) + ASSUME + (node.exit() ? EXIT : NO_EXIT);
                    case BRIDGE -> relay(node) + ASSUME + "BridgeRelay 1\nPublishServerDescriptor 0\n" + NO_EXIT;
                };
    }

    /** What a node is, in words. */
    static String what(NetworkNode node) {
        return switch (node.role()) {
            case AUTHORITY -> "a directory authority";
            case RELAY -> node.exit() ? "an exit" : "a relay";
            case BRIDGE -> "a bridge";
            case CLIENT -> "a client";
        };
    }

    private static String relay(NetworkNode node) {
        return "SocksPort 0\nNickname " + node.name() + "\nContactInfo " + node.name() + "@private.invalid\nAddress "
                + node.host().address() + "\n" + port("ORPort", node, node.orPort());
    }

    /** On a host that others reach, it listens everywhere: its address may be that of a gateway. */
    private static String port(String option, NetworkNode node, int port) {
        return option + " " + (node.host().isLoopback() ? node.host().address() + ":" + port : port + " IPv4Only")
                + "\n";
    }

    /** To publish at once: before the first consensus nobody can test whether it can be reached. The authorities test it. */
    private static final String ASSUME = "AssumeReachable 1\n";

    private static final String NO_EXIT = "ExitRelay 0\nExitPolicy reject *:*\n";

    private static final String EXIT = """
            # It reaches whatever this host reaches, also on the host itself and in private networks.
            ExitRelay 1
            ExitPolicyRejectPrivate 0
            ExitPolicy accept *:*
            ServerDNSDetectHijacking 0
            """;
}
