package io.allium.app;

import io.allium.app.NetworkNode.Host;
import io.allium.app.NetworkNode.Role;
import io.allium.app.NetworkTorrc.Identity;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What the folder of a planned network tells whoever opens it. Immutable. */
final class NetworkReadme {
    private static final String HEAD = """
            # A private Tor network
            @NODES@

            | node | is | host | ports |
            |---|---|---|---|
            """;

    private static final String KEYS = """

            ## First: take the authorities' identity keys away
            `@NETWORK@/offline` holds the identity key of each authority. Whoever has them decides who is in this network, for
            as long as anybody believes in it, and no authority needs them to run: **move that folder to a medium that is kept
            offline**, and keep it. @LOCKED@
            The authorities run with signing keys, which these keys vouch for until a year from now. Before that, where the medium
            is, for each authority:

            ```sh
            @GENCERT@ -i /medium/offline/auth0/authority_identity_key -a @AUTH0@ -m 12 \\
                -s authority_signing_key -c authority_certificate
            ```

            Put the two new files into `auth0/keys` and tell the authority (`kill -HUP`). `allium network status` says from a
            month before that it is time.
            """;

    private static final String ONE_HOST = """

            ## Start
            ```sh
            @NETWORK@/start                      # all of it; TOR=tor for C tor. @NETWORK@/stop stops it
            @ALLIUM@ network status @NETWORK@      # whether the authorities agree, and on what
            ```

            The first consensus is there within a minute. A relay that missed the vote for it is in the next, @INTERVAL@ on.
            """;

    private static final String HOSTS = """

            ## Start
            The files name their folder: put them into `@NETWORK@` on each host, and there only what its nodes need, for keys
            are in it. The program that they name is `@TOR@`; `TOR` says another one to `start`, and the units of systemd have a
            line for it. Then start the authorities, and the others after them.

            ```sh
            """;

    private static final String HOSTS_END = """
            @ALLIUM@ network status @NETWORK@      # anywhere: whether the authorities agree, and on what
            ```

            The ports must be open between the hosts: the first of each relay to all, the second of each authority too. The
            clocks must agree to a few seconds. A relay that missed the vote for the first consensus is in the next, @INTERVAL@ on.
            """;

    private static final String OTHER_WAYS = """

            In containers (C tor with `TOR_IMAGE=tor`; on one of several hosts, name its nodes at the end), or as services:

            ```sh
            docker compose --file @NETWORK@/compose.yaml up --build --detach
            cp @NETWORK@/systemd/*.service /etc/systemd/system/ && cd /etc/systemd/system
            systemctl daemon-reload && systemctl enable --now private-tor-*.service
            ```
            """;

    private static final String CLIENTS = """

            ## Use
            ```sh
            @CURL@
            ```

            Any other client needs `common.torrc` and a port: `@TOR@ -f common.torrc SocksPort 9050 DataDirectory …`.
            """;

    private static final String ADD = """

            ## Add a relay later
            Nobody has to be told: a relay that knows the authorities publishes itself to them, and is in the next consensus. On
            its host, in the same folder with `common.torrc` in it:

            ```sh
            cd @NETWORK@ && mkdir -m 700 relay@NEXT@ && cat >relay@NEXT@/torrc <<END
            %include @NETWORK@/common.torrc
            DataDirectory @NETWORK@/relay@NEXT@
            PidFile @NETWORK@/relay@NEXT@/pid
            Log notice file @NETWORK@/relay@NEXT@/notice.log
            Nickname relay@NEXT@
            ContactInfo relay@NEXT@@private.invalid
            Address @ADDRESS@
            ORPort @PORT@
            SocksPort 0
            AssumeReachable 1
            ExitRelay 0
            END
            ./start relay@NEXT@
            ```

            Another authority is a change for all: its `DirAuthority` line goes into everybody's `common.torrc`, and everybody
            starts again.
            """;

    private final NetworkPlan plan;
    private final NetworkServices.Surroundings here;
    private final Map<NetworkNode, Identity> identities;

    NetworkReadme(NetworkPlan plan, NetworkServices.Surroundings here, Map<NetworkNode, Identity> identities) {
        this.plan = plan;
        this.here = here;
        this.identities = identities;
    }

    String text() {
        NetworkNode authority = plan.nodes(Role.AUTHORITY).getFirst();
        NetworkNode last = plan.nodes().getLast();
        return (HEAD + table() + bridges() + KEYS + start() + OTHER_WAYS + clients() + ADD)
                .replace("@NODES@", nodes())
                .replace("@LOCKED@", locked())
                .replace("@AUTH0@", authority.host().address() + ":" + authority.dirPort())
                .replace("@GENCERT@", here.beside("tor-gencert"))
                .replace("@ALLIUM@", here.beside("allium"))
                .replace("@INTERVAL@", plan.votingInterval().toSeconds() + " s")
                .replace("@NEXT@", "" + plan.nodes(Role.RELAY).size())
                .replace("@ADDRESS@", last.host().address())
                .replace("@PORT@", port(last))
                .replace("@TOR@", here.tor())
                .replace("@NETWORK@", plan.folder().toString());
    }

    private String nodes() {
        return "Written by `allium network init`. Its "
                + plan.nodes(Role.AUTHORITY).size()
                + " authorities vote every " + plan.votingInterval().toSeconds()
                + " s. It hides nobody from whoever runs most of it.";
    }

    private String table() {
        return plan.nodes().stream()
                .map(node -> "| " + node.name() + " | " + NetworkTorrc.what(node) + " | "
                        + node.host().name() + " (" + node.host().address() + ") | " + ports(node) + " |\n")
                .collect(Collectors.joining());
    }

    private static String ports(NetworkNode node) {
        return switch (node.role()) {
                    case AUTHORITY -> "OR " + node.orPort() + ", directory " + node.dirPort();
                    case RELAY, BRIDGE -> "OR " + node.orPort();
                    case CLIENT -> "SOCKS " + node.socksPort();
                }
                + ", control " + node.controlPort();
    }

    private String bridges() {
        String lines = plan.nodes(Role.BRIDGE).stream()
                .map(node -> "    Bridge " + node.host().address() + ":" + node.orPort() + " "
                        + Objects.requireNonNull(identities.get(node))
                                .fingerprint()
                                .hex() + "\n")
                .collect(Collectors.joining());
        return lines.isEmpty()
                ? ""
                : "\nA client of C tor (Allium's use no bridges yet) enters by a bridge with these lines in its torrc:\n\n    UseBridges 1\n"
                        + lines;
    }

    private String locked() {
        return plan.noPassphrase()
                ? "They are not locked by a passphrase."
                : "They are locked by the passphrase that was given.";
    }

    private String start() {
        if (plan.hosts().size() == 1) {
            return ONE_HOST;
        }
        StringBuilder text = new StringBuilder(HOSTS);
        for (Host host : plan.hosts()) {
            String names = plan.nodes(host).stream()
                    .map(node -> node.name() + " systemd/" + NetworkServices.unitName(node))
                    .collect(Collectors.joining(" "));
            text.append("tar -C @NETWORK@ -c start stop compose.yaml Dockerfile common.torrc ")
                    .append(names)
                    .append(" | ssh ")
                    .append(host.name())
                    .append(" 'mkdir -p @NETWORK@ && tar -C @NETWORK@ -x'\n");
        }
        for (Host host : plan.hosts()) {
            String authorities = plan.nodes(host).stream()
                    .filter(node -> node.role() == Role.AUTHORITY)
                    .map(node -> " " + node.name())
                    .collect(Collectors.joining());
            text.append(authorities.isEmpty() ? "" : "ssh " + host.name() + " @NETWORK@/start" + authorities + "\n");
        }
        plan.hosts().forEach(host -> text.append("ssh ").append(host.name()).append(" @NETWORK@/start\n"));
        return text + HOSTS_END;
    }

    private String clients() {
        String lines = plan.nodes(Role.CLIENT).stream()
                .map(node -> "curl --socks5-hostname 127.0.0.1:" + node.socksPort() + " http://example.org/   # on "
                        + node.host().name() + "\n")
                .collect(Collectors.joining());
        return lines.isEmpty() ? "" : CLIENTS.replace("@CURL@\n", lines);
    }

    private static String port(NetworkNode last) {
        int port = last.orPort() + NetworkNode.PORTS;
        return last.host().isLoopback() ? last.host().address() + ":" + port : port + " IPv4Only";
    }
}
