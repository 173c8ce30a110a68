package io.allium.interop;

import io.allium.interop.MixedNetwork.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the nodes of a network say in their logs, and C tor's in their metrics, of what should not be. */
final class NetworkLogs {
    /** What C tor warns of in a network of C tor alone. */
    private static final Pattern USUAL = Pattern.compile(String.join(
            "|",
            "You are running Tor as root",
            "TestingTorNetwork is set",
            "DirAuthority or AlternateDirAuthority",
            "V3AuthVotingInterval is very low",
            "SR: Unable to read SR state file",
            "Could not open \".*sr-state\"",
            "Cannot open fingerprint file .*approved-routers",
            "Your log may contain sensitive information",
            "Received http status code 404 \\(\"Not found\"\\) from server .* while fetching consensus directory",
            // A controller asked for a relay by its nickname.
            "You specified a relay \".*\" by name",
            // Curl, asked for 127.0.0.1, gives an address and no name.
            "is giving Tor only an IP address",
            // Where the machine was busy for a second, descriptors, votes and signatures are late, which authorities
            // say of
            // each other; whether all sign is what tests of authorities look at themselves.
            "received too late",
            "our cutoff for received votes",
            "Duplicate discarded",
            "while fetching \"/tor/status-vote/next/",
            "We don't have enough votes to generate a consensus",
            "Not enough info to publish pending",
            "Rejecting vote from .* we were expecting",
            "Nobody has voted on the Running flag",
            "Consensus does not include configured authority",
            "Not enough good signatures on networkstatus consensus",
            "A consensus needs \\d+ good signatures (?!.*(didn't verify|don't recognize))",
            "Error publishing .* consensus",
            "Your computer is too slow to handle this many circuit creation requests",
            // An authority of C tor takes itself for down where it asked itself for a document that nobody had yet.
            "We just marked ourself as down",
            // So it is where the first consensus has few relays, and vanguards are to be chosen among them.
            "Could not find a node that matches the configured _HSLayer2Nodes set",
            "No available nodes when trying to choose node",
            // An exit that is the first in the consensus finds no other.
            "Failed to choose an exit server",
            // Single onion services do not hide where they are, as they are told to.
            "HiddenServiceNonAnonymousMode is set",
            "configured to run in a non-anonymous mode",
            // C tor's own relays test themselves in a network this small by extending back to where they come from.
            "Client asked me to extend back to the previous hop",
            "connection_edge_process_relay_cell \\(away from origin\\) failed"));

    /** What C tor's relays blame guards for where circuits of their own fail: so they did on a busy machine in a network of C tor alone. */
    private static final Pattern OWN_CIRCUITS =
            Pattern.compile("is failing (more circuits than usual|a very large amount|an extremely large amount)");

    private static final Pattern LATE =
            Pattern.compile("received too late|our cutoff for received votes|we were expecting|too late to vote"
                    + "|enough votes to generate");

    private static final Pattern DISAGREEMENT = Pattern.compile(
            "(?i)mismatch|disagree|bad signature|wrong signature|do(es)? not match|not the same consensus|didn't verify correctly");

    private final Path root;
    private final List<Node> nodes;

    /** Of these nodes, and of those that join the list later. */
    NetworkLogs(Path root, List<Node> nodes) {
        this.root = root;
        this.nodes = nodes;
    }

    /** What C tor's logs warn of that they would not warn of in a network of their own. */
    List<String> complaints() throws IOException {
        List<String> complaints = new ArrayList<>();
        for (Node node : nodes) {
            if (!node.ours()) {
                for (String line : Files.readAllLines(node.log())) {
                    if ((line.contains("[warn]") || line.contains("[err]"))
                            && !USUAL.matcher(line).find()
                            && (node.isClient() || !OWN_CIRCUITS.matcher(line).find())) {
                        complaints.add(node.name() + ": " + line);
                    }
                }
            }
        }
        return complaints;
    }

    /** What any log says of documents or signatures of others that are not as they should be. */
    List<String> disagreements() throws IOException {
        List<String> disagreements = new ArrayList<>();
        for (Node node : nodes) {
            Files.readAllLines(node.log()).stream()
                    .filter(line -> DISAGREEMENT.matcher(line).find())
                    .forEach(line -> disagreements.add(node.name() + ": " + line));
        }
        return disagreements;
    }

    /** How often any log says that a vote came too late, because the machine had other things to do. */
    long latecomers() throws IOException {
        long late = 0;
        for (Node node : nodes) {
            try (Stream<String> lines = Files.lines(node.log())) {
                late += lines.filter(line -> LATE.matcher(line).find()).count();
            }
        }
        return late;
    }

    /** C tor's own counts of what its peers did against the protocol, those that are not zero. */
    List<String> violations() throws Exception {
        List<String> violations = new ArrayList<>();
        for (Node node : nodes) {
            if (!node.ours() && !node.isClient()) {
                String metrics = Programs.run(
                                root,
                                "curl",
                                "-sS",
                                "--max-time",
                                "60",
                                "http://127.0.0.1:" + node.metricsPort() + "/metrics")
                        .text();
                long unmet = unmet(metrics);
                // The logs are read later, so that they may know of more than the metrics do.
                long back = said(node.log(), "Client asked me to extend back to the previous hop");
                long slow = said(node.circuitLog(), "Conflux leg RTT is above circuit build time out");
                metrics.lines()
                        .filter(line -> line.contains("proto_violation") && !line.startsWith("#"))
                        .filter(line -> count(line) > (line.contains("circ_proto_violation") ? unmet + back + slow : 0))
                        .forEach(line -> violations.add(node.name() + ": " + line + ", of which " + back
                                + " are tests of itself, " + slow + " legs of its own that are slow, and " + unmet
                                + " services whose client had gone"));
            }
        }
        return violations;
    }

    /**
     * How often a relay of C tor's says this. It counts as violations, too, that it tests itself as {@link #USUAL} says, and that a
     * circuit of its own, which it wanted to link with another, is slow to answer: it ends that one as if it had broken the rules.
     */
    private static long said(Path log, String words) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(words)).count();
        }
    }

    /**
     * Each time that a service came to a rendezvous point whose client had gone, as clients do that are met elsewhere or have no more
     * time; C tor counts that as a circuit's violation too.
     */
    private static long unmet(String metrics) {
        return metrics.lines()
                .filter(line -> line.startsWith("tor_relay_rend1_total") && line.contains("unknown_cookie"))
                .mapToLong(NetworkLogs::count)
                .sum();
    }

    /** What a line of metrics counts. */
    private static long count(String line) {
        return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
    }

    /** The end of what this node has said. */
    static String lastLines(Node node) throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path file : List.of(node.log(), node.folder().resolve("stdout"))) {
            if (Files.exists(file)) {
                List<String> lines = Files.readAllLines(file);
                lines.subList(Math.max(0, lines.size() - 20), lines.size())
                        .forEach(line -> all.append(line).append('\n'));
            }
        }
        return all.toString();
    }
}
