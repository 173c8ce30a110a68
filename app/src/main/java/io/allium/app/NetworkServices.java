package io.allium.app;

import io.allium.app.NetworkNode.Host;
import io.allium.app.NetworkNode.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The files that start and stop the nodes of a planned network: a script, containers, units of systemd. Pure. */
final class NetworkServices {
    /**
     * What these files have to know of the machine that they are written on.
     *
     * @param tor the program that runs a node
     * @param jars the folder with our jar, and with {@code lib} for all others
     * @param user by name, for units
     * @param owner of the files, as numbers, for containers
     */
    record Surroundings(String tor, String jars, String user, String owner) {
        /** Another program, where {@code tor} is. */
        String beside(String program) {
            return tor.substring(0, tor.lastIndexOf('/') + 1) + program;
        }
    }

    private static final String PROCESS = """
            process() { # the number of this node's process, if it runs
                number=$(cat "$1/pid" 2>/dev/null) || return 1
                ps -ww -p "$number" -o args= 2>/dev/null | grep -q "$network/$1/torrc" && echo "$number"
            }""";

    private static final String START = """
            #!/bin/sh
            # Starts the nodes that are named, or all that lie in this folder: authorities first, for the others publish to them.
            # TOR is the program that runs them, if it is not @TOR@; it may be C tor's: TOR=tor ./start
            network=@NETWORK@
            cd "$network" || exit 1
            tor=${TOR:-@TOR@}
            patience=180 # seconds, which a small machine that starts many may need
            started=

            @PROCESS@

            begin() {
                if process "$1" >/dev/null; then
                    echo "$1 runs already"
                    return
                fi
                rm -f "$1/pid"
                nohup "$tor" -f "$network/$1/torrc" >"$1/stdout" 2>&1 &
                started="$started $1:$!"
            }

            settle() { # waits until those that were begun run
                for each in $started; do
                    node=${each%:*}
                    waited=0
                    until [ -s "$node/pid" ]; do
                        if [ "$waited" -ge "$patience" ] || ! kill -0 "${each#*:}" 2>/dev/null; then
                            echo "$node has not started: see $network/$node/stdout and notice.log" >&2
                            exit 1
                        fi
                        sleep 1
                        waited=$((waited + 1))
                    done
                    echo "$node runs"
                done
                [ -z "$started" ] || sleep 1 # until they listen
                started=
            }

            [ $# -gt 0 ] || set -- */torrc
            nodes=
            for each in "$@"; do
                each=${each%/torrc}
                [ -f "$each/torrc" ] || { echo "there is no node $each in $network" >&2; exit 2; }
                nodes="$nodes $each"
            done

            # Relays that miss the first vote wait for the second. At first there is one every @INITIAL@ s, @VOTE@ s into them:
            # right after one is the time to begin.
            case $nodes in
            *auth0*)
                left=$(((@VOTE@ + @INITIAL@ - $(date +%s) % @INITIAL@) % @INITIAL@))
                if [ ! -e auth0/cached-consensus ] && [ "$left" -lt @ROOM@ ]; then
                    sleep "$((left + 1))"
                fi
                ;;
            esac
            for node in $nodes; do
                case $node in auth*) begin "$node" ;; esac
            done
            settle
            for node in $nodes; do
                case $node in auth* | client*) ;; *) begin "$node" ;; esac
            done
            settle

            usable() { # whether an authority here has a consensus that a circuit can be built of
                for each in auth*/cached-*consensus; do
                    [ -f "$each" ] && [ "$(grep -c '^r ' "$each")" -ge @FEWEST@ ] && return
                done
                return 1
            }

            # A client that finds nothing asks again after ever longer pauses, so that it begins when there is something.
            case $nodes in
            *auth*client* | *client*auth*)
                waited=0
                until usable || [ "$waited" -ge "$patience" ]; do
                    [ "$waited" -gt 0 ] || echo "waiting for the first consensus"
                    sleep 1
                    waited=$((waited + 1))
                done
                ;;
            esac
            for node in $nodes; do
                case $node in client*) begin "$node" ;; esac
            done
            settle
            """;

    private static final String STOP = """
            #!/bin/sh
            # Stops the nodes that are named, or all that lie in this folder, and waits until they have ended.
            network=@NETWORK@
            cd "$network" || exit 1
            @PROCESS@
            [ $# -gt 0 ] || set -- */torrc
            for each in "$@"; do
                node=${each%/torrc}
                if number=$(process "$node"); then kill -TERM "$number"; fi
            done
            for each in "$@"; do
                node=${each%/torrc}
                waited=0
                while process "$node" >/dev/null && [ "$waited" -lt 60 ]; do
                    sleep 1
                    waited=$((waited + 1))
                done
                if process "$node" >/dev/null; then
                    echo "$node does not end" >&2
                    exit 1
                fi
            done
            """;

    private static final String DOCKERFILE = """
            # What runs a node: Allium on a Java runtime, or C tor (TOR_IMAGE=tor).
            FROM eclipse-temurin:25-jre AS allium
            COPY allium-app-*.jar /opt/allium/
            COPY lib/*.jar /opt/allium/lib/
            ENV _JAVA_SR_SIGNUM=50
            ENTRYPOINT ["java", "-XX:+UseSerialGC", "-Xms16m", "-XX:MaxRAM=1400m", "-XX:MaxRAMPercentage=50", \\
                "-XX:+ExitOnOutOfMemoryError", "-cp", "/opt/allium/*:/opt/allium/lib/*", "io.allium.app.Main"]

            FROM debian:stable-slim AS tor
            RUN apt-get update && apt-get install --no-install-recommends -qy tor && rm -rf /var/lib/apt/lists/*
            ENTRYPOINT ["tor"]
            """;

    private static final String COMPOSE = """
            # Starts the nodes in containers: docker compose up --build --detach; on one of several hosts, name its nodes.
            # TOR_IMAGE=tor runs C tor in the place of Allium. ALLIUM_JARS is the folder of Allium's jars (app/target).
            # They use the host's network, so that the addresses in the configuration hold as they do without containers.
            services:
            """;

    private static final String SERVICE = """
              @NAME@:
                image: "private-tor-@IMAGE@"
                build:
                  context: "${ALLIUM_JARS:-@JARS@}"
                  dockerfile: "@NETWORK@/Dockerfile"
                  target: "@IMAGE@"
                network_mode: host
                user: "@OWNER@"
                restart: unless-stopped
                volumes:
                  - "@NETWORK@/common.torrc:@NETWORK@/common.torrc:ro"
                  - "@NETWORK@/@NAME@:@NETWORK@/@NAME@"
                command: ["-f", "@NETWORK@/@NAME@/torrc"]
            """;

    private static final String UNIT = """
            [Unit]
            Description=@NAME@, @WHAT@ of the private Tor network in @NETWORK@
            Wants=network-online.target
            After=network-online.target@AFTER@

            [Service]
            User=@USER@
            ExecStart=@TOR@ -f @NETWORK@/@NAME@/torrc
            ExecReload=/bin/kill -HUP $MAINPID
            Restart=on-failure
            RestartSec=5
            TimeoutStopSec=60
            LimitNOFILE=65536
            NoNewPrivileges=yes
            PrivateTmp=yes
            ProtectSystem=full

            [Install]
            WantedBy=multi-user.target
            """;

    private final NetworkPlan plan;
    private final Surroundings here;

    NetworkServices(NetworkPlan plan, Surroundings here) {
        this.plan = plan;
        this.here = here;
    }

    /** The script {@code start}. */
    String start() {
        long initial = plan.initialInterval().toSeconds();
        long vote = initial - 2 * plan.initialDelay().toSeconds();
        int relays = plan.nodes(Role.AUTHORITY).size() + plan.nodes(Role.RELAY).size();
        return filled(START.replace("@PROCESS@", PROCESS))
                .replace("@FEWEST@", "" + Math.min(3, relays)) // as many as a circuit has
                .replace("@INITIAL@", "" + initial)
                .replace("@VOTE@", "" + vote)
                .replace("@ROOM@", "" + Math.max(1, initial * 2 / 3));
    }

    /** The script {@code stop}. */
    String stop() {
        return filled(STOP.replace("@PROCESS@", PROCESS));
    }

    String dockerfile() {
        return DOCKERFILE;
    }

    /** The file {@code compose.yaml}. */
    String compose() {
        StringBuilder text = new StringBuilder(COMPOSE);
        for (NetworkNode node : plan.nodes()) {
            text.append(filled(SERVICE)
                    .replace("@IMAGE@", "${TOR_IMAGE:-allium}")
                    .replace("@JARS@", here.jars())
                    .replace("@OWNER@", here.owner())
                    .replace("@NAME@", node.name()));
            if (node.role() != Role.AUTHORITY) {
                List<String> before = authoritiesBeside(node);
                text.append(before.isEmpty() ? "" : "    depends_on: [" + String.join(", ", before) + "]\n");
            }
        }
        return text.toString();
    }

    /** The name of a node's unit of systemd. */
    static String unitName(NetworkNode node) {
        return "private-tor-" + node.name() + ".service";
    }

    /** A node's unit of systemd. */
    String unit(NetworkNode node) {
        String after = node.role() == Role.AUTHORITY
                ? ""
                : authoritiesBeside(node).stream()
                        .map(name -> " private-tor-" + name + ".service")
                        .collect(Collectors.joining());
        return UNIT.replace("@TOR@", here.tor())
                .replace("@NETWORK@", plan.folder().toString())
                .replace("@NAME@", node.name())
                .replace("@WHAT@", NetworkTorrc.what(node))
                .replace("@AFTER@", after)
                .replace("@USER@", here.user());
    }

    /** Those on its own host, for which it can wait. */
    private List<String> authoritiesBeside(NetworkNode node) {
        Host host = node.host();
        return plan.nodes(host).stream()
                .filter(other -> other.role() == Role.AUTHORITY)
                .map(NetworkNode::name)
                .toList();
    }

    private String filled(String template) {
        Path network = plan.folder();
        return template.replace("@NETWORK@", network.toString()).replace("@TOR@", here.tor());
    }
}
