package io.allium.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.allium.directory.ContentCoding;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusDiff;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Unverified;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Our directories beside C tor's: the same questions get the same answers, and each takes the other's diffs. */
class DirectoryAnswersTest {
    private static final String UNKNOWN = "AB".repeat(20);
    private static final String EVERY_CODING = "Accept-Encoding: " + ContentCoding.ACCEPTED;

    @TempDir
    Path folder;

    @Test
    void ourAuthorityAnswersAsCTorsDoAndEachTakesTheOthersDiffs() throws Exception {
        try (MixedNetwork network =
                MixedNetwork.up(folder, Pattern.compile("auth0|relay[01]").asMatchPredicate(), true)) {
            MixedNetwork.Node ours = network.node("auth0");
            MixedNetwork.Node theirs = network.node("auth1");
            List<Question> questions = new ArrayList<>();
            network.await("auth1 has not all documents", () -> questions.addAll(questions(theirs.dirPort())));
            for (Question question : questions) {
                List<Answer> last = new ArrayList<>();
                try {
                    network.await(question + " gets other answers", () -> {
                        last.clear();
                        last.add(ask(ours.dirPort(), question));
                        last.add(ask(theirs.dirPort(), question));
                        return last.getFirst().head.equals(last.getLast().head);
                    });
                } catch (IllegalStateException different) {
                    assertThat(last.getFirst().head).as("%s", question).isEqualTo(last.getLast().head);
                    throw different;
                }
            }
            String applied = "Applied consensus diff \\(size [0-9]+\\) from ";
            awaitLine(network, "relay2", applied + "server 127.0.0.1:" + ours.dirPort() + ",");
            awaitLine(network, "relay0", applied + "auth[12],");
            awaitLine(network, "client0", applied); // of whichever guards it happens to have
            diffsHoldWhatTheySay(network);
        }
    }

    @Test
    @ExtendWith(AmongCTors.class)
    void ourClientTakesDiffsOfCTorsCaches(MixedNetwork network) throws Exception {
        awaitLine(network, "client0", "Applied consensus diff");
    }

    private static void awaitLine(MixedNetwork network, String node, String pattern) throws Exception {
        Pattern line = Pattern.compile(pattern);
        network.await(node + " did not say '" + pattern + "'", () -> {
            Path log = network.node(node).directoryLog();
            return Files.exists(log) && line.matcher(Files.readString(log)).find();
        });
    }

    /** Asks ours for the diff from a consensus of a while ago, in every coding. */
    private static void diffsHoldWhatTheySay(MixedNetwork network) throws Exception {
        int port = network.node("auth0").dirPort();
        Question whole = new Question("/tor/status-vote/current/consensus-microdesc", List.of());
        List<Consensus> first = new ArrayList<>();
        network.await(
                "auth0 has no consensus",
                () -> first.add(Consensus.parse(ask(port, whole).document).claimed()));
        Consensus old = first.getFirst();
        for (ContentCoding coding : ContentCoding.values()) {
            Question question = new Question(
                    whole.path,
                    List.of("X-Or-Diff-From-Consensus: " + old.sha3().hex(), "Accept-Encoding: " + coding.token()));
            List<byte[]> diff = new ArrayList<>();
            network.await("no diff comes", () -> {
                Answer answer = ask(port, question);
                diff.clear();
                diff.add(answer.document);
                return answer.head.contains("Content-Encoding: " + coding.token())
                        && ConsensusDiff.isOne(answer.document);
            });
            Consensus next = Consensus.parse(
                            ConsensusDiff.parse(diff.getFirst()).apply(old))
                    .claimed();
            assertThat(next.validAfter()).isAfter(old.validAfter());
        }
    }

    /** What is asked, with further header lines. */
    private record Question(String path, List<String> headers) {}

    /**
     * What is answered.
     *
     * @param head without dates, with lengths and times in words
     * @param document decompressed
     */
    private record Answer(List<String> head, byte[] document) {}

    private static List<Question> questions(int directory) throws Exception {
        List<String> paths =
                new ArrayList<>(List.of("/", "/robots.txt", "/tor/robots.txt", "/tor/nothing", "/tor/running-routers"));
        List<String> documents = new ArrayList<>();
        Consensus consensus = Consensus.parse(document(directory, "/tor/status-vote/current/consensus"))
                .claimed();
        RouterStatus relay = consensus.routers().getFirst();
        String md = Consensus.parse(document(directory, "/tor/status-vote/current/consensus-microdesc"))
                .claimed()
                .routers()
                .getFirst()
                .microdescriptor()
                .orElseThrow()
                .base64();
        KeyCertificate key = KeyCertificate.parseAll(document(directory, "/tor/keys/all")).documents().stream()
                .map(Unverified::claimed)
                .findFirst()
                .orElseThrow();
        RouterDescriptor descriptor = RouterDescriptor.parseAll(document(
                        directory, "/tor/server/fp/" + relay.fingerprint().hex()))
                .documents()
                .getFirst()
                .claimed();
        String extra = descriptor.details().extraInfo().orElseThrow().sha1().hex();
        String identity = key.fingerprint().hex();
        String signing = key.signingKeyDigest().hex();
        for (String rest : List.of(
                "",
                "-ns",
                "-microdesc",
                "-shiny",
                "foo",
                "-signatures",
                "/" + identity.substring(0, 6),
                "/ABCDEF",
                "/ABCDEF+" + identity.substring(0, 6),
                "/diff/ABCD/ABCDEF",
                "/diff/" + "A".repeat(64),
                "-microdesc/diff/" + "A".repeat(64) + "/" + identity)) {
            documents.add("/tor/status-vote/current/consensus" + rest);
        }
        for (String when : List.of("current/", "next/")) {
            for (String rest : List.of("authority", identity, "d/" + UNKNOWN, "nonsense", "")) {
                documents.add("/tor/status-vote/" + when + rest);
            }
        }
        documents.add("/tor/status-vote/next/bandwidth"); // current/bandwidth, of the specification, C tor has not
        documents.addAll(List.of("/tor/status-vote/next/consensus", "/tor/status-vote/next/consensus-microdesc"));
        documents.add("/tor/status-vote/next/consensus-signatures");
        for (String rest : List.of(md, "A".repeat(43), "nonsense", "")) {
            documents.add("/tor/micro/d/" + rest);
        }
        for (String kind : List.of("/tor/server/", "/tor/extra/")) {
            String digest = kind.equals("/tor/server/") ? descriptor.digest().hex() : extra;
            for (String rest : List.of(
                    "all",
                    "authority",
                    "fp/" + relay.fingerprint().hex(),
                    "d/" + digest,
                    "d/" + digest + "+" + UNKNOWN,
                    "d/" + UNKNOWN,
                    "fp/" + UNKNOWN,
                    "fp/xx",
                    "nonsense",
                    "allx",
                    "fp",
                    "")) {
                documents.add(kind + rest);
            }
        }
        for (String rest : List.of(
                "all",
                "authority",
                "fp/" + identity,
                "sk/" + signing,
                "fp-sk/" + identity + "-" + signing,
                "fp/" + UNKNOWN,
                "nonsense",
                "fp",
                "")) {
            documents.add("/tor/keys/" + rest);
        }
        paths.addAll(documents);
        paths.add("/tor/hs/3/abc");
        List<Question> questions = new ArrayList<>();
        for (String path : paths) {
            questions.add(new Question(path, List.of()));
            questions.add(new Question(path, List.of(EVERY_CODING)));
            questions.add(new Question(path + ".z", List.of()));
        }
        for (String path : List.of(
                "/tor/status-vote/current/consensus",
                "/tor/server/all",
                "/tor/keys/all",
                "/tor/micro/d/" + md,
                "/tor/status-vote/current/authority")) {
            for (String coding : List.of(
                    "identity", "deflate", "gzip", "x-zstd", "x-tor-lzma", "GZIP", "gzip;q=1", "x-gzip", "br")) {
                questions.add(new Question(path, List.of("Accept-Encoding: " + coding)));
            }
            questions.add(new Question(path, List.of("If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT")));
            questions.add(new Question(path, List.of("If-Modified-Since: Thu, 01 Jan 2009 00:00:00 GMT")));
            questions.add(new Question(path, List.of("If-Modified-Since: nonsense")));
            questions.add(new Question(path, List.of("X-Or-Diff-From-Consensus: nonsense")));
        }
        return questions;
    }

    private static byte[] document(int port, String path) throws Exception {
        return ask(port, new Question(path, List.of())).document;
    }

    private static Answer ask(int port, Question question) throws Exception {
        byte[] all;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) Duration.ofMinutes(1).toMillis());
            StringBuilder head = new StringBuilder("GET " + question.path + " HTTP/1.0\r\n");
            question.headers.forEach(line -> head.append(line).append("\r\n"));
            socket.getOutputStream().write(head.append("\r\n").toString().getBytes(ISO_8859_1));
            all = socket.getInputStream().readAllBytes();
        }
        String text = new String(all, ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IOException(question + " gets no answer");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        List<String> lines = List.of(text.substring(0, end).split("\r\n", -1));
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(": ");
            headers.put(line.substring(0, colon), line.substring(colon + 2));
        }
        byte[] body = java.util.Arrays.copyOfRange(all, end + 4, all.length);
        List<String> comparable = new ArrayList<>(List.of(lines.getFirst(), body.length > 0 ? "a body" : "no body"));
        headers.forEach((name, value) -> comparable.add(name + ": " + inWords(name, value, headers, body.length)));
        ContentCoding coding = ContentCoding.named(headers.getOrDefault("Content-Encoding", ""))
                .orElseThrow();
        return new Answer(comparable, coding.decode(body, 1 << 24));
    }

    private static String inWords(String name, String value, Map<String, String> headers, int length) {
        return switch (name) {
            case "Date" -> "now";
            case "Content-Length" -> Integer.parseInt(value) == length ? "its length" : value + " for " + length;
            case "Expires" -> {
                Duration lifetime = Duration.between(time(headers.getOrDefault("Date", "")), time(value));
                yield lifetime.toSeconds() < 60 ? "with the next consensus" : lifetime.toString();
            }
            default -> value;
        };
    }

    private static ZonedDateTime time(String text) {
        return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
    }
}
