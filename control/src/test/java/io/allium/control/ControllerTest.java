package io.allium.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.crypto.Passwords;
import io.allium.testing.RecordedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A controller and a control port, over loopback. */
class ControllerTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final SystemNetwork network = new SystemNetwork();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final RecordedLog log = new RecordedLog();
    private final SystemEntropy entropy = new SystemEntropy();
    private final SystemDisk disk = new SystemDisk();
    private final ControlEvents events = new ControlEvents();
    private final ControlCatalogue catalogue =
            ControlCatalogue.of(List.of(made -> made.key("poem", "Three lines.", () -> "one\n.two\n\n")
                    .key("place", "One line.", () -> "here = there")
                    .key("broken", "A bug.", ControllerTest::bug)
                    .key("circuit-status", "Circuits.", () -> "1 BUILT\n2 LAUNCHED\n")
                    .command("SETCONF", (command, session) -> ControlReply.of(553, command.arguments()))
                    .command("LOADCONF", (command, session) -> ControlReply.of(250, CString.quote(command.data())))));
    private Optional<ControlPort> port = Optional.empty();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        port.ifPresent(ControlPort::close);
        tasks.close();
    }

    @Test
    void whereTheFileCanBeReadEachSideShowsThatItKnowsTheCookie() throws Exception {
        Path cookie = folder.resolve("a \"cookie\"");
        try (Controller controller =
                connect(ControlAuthentication.withCookie(cookie, List.of(hash("secret")), entropy, disk))) {
            assertThat(controller.authenticate(new ControllerLogin(disk, entropy)))
                    .isEqualTo("1.2.3");
            assertThat(controller.info("place")).isEqualTo("here = there");
        }
    }

    @Test
    void aCookieMayLieInAFileWhoseNameIsNotAscii() throws Exception {
        Path cookie = folder.resolve("ключ für 日本");
        try (Controller controller = connect(ControlAuthentication.withCookie(cookie, List.of(), entropy, disk))) {
            assertThat(controller.authenticate(new ControllerLogin(disk, entropy)))
                    .isEqualTo("1.2.3");
        }
    }

    private static String bug() {
        throw new IllegalStateException("a bug");
    }

    @Test
    void aCommandThatMeetsABugEndsNoConnection() throws Exception {
        try (Controller controller = connect(ControlAuthentication.withPasswords(List.of(), entropy))) {
            controller.authenticate(new ControllerLogin(disk, entropy));
            assertThat(controller.ask("GETINFO broken").text()).isEqualTo("Internal error");
            assertThat(controller.info("place")).isEqualTo("here = there");
        }
    }

    @Test
    void bytesThatAreRepeatedComeBackAsTheyCame() throws Exception {
        try (Controller controller = connect(ControlAuthentication.withPasswords(List.of(), entropy))) {
            controller.authenticate(new ControllerLogin(disk, entropy));
            String strange = "café\udcff\udce9日本";
            assertThat(controller.ask("GETINFO " + strange).text()).isEqualTo("Unrecognized key \"" + strange + "\"");
            assertThat(controller.ask(strange).text()).isEqualTo("Unrecognized command \"" + strange + "\"");
            assertThat(controller.ask("LOADCONF", strange + "\n").text())
                    .isEqualTo("\"caf\\303\\251\\377\\351\\346\\227\\245\\346\\234\\254\\n\"");
        }
    }

    @Test
    void anEventMayHoldAnyText() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (Controller controller = connect(ControlAuthentication.withPasswords(List.of(), entropy))) {
            controller.authenticate(new ControllerLogin(disk, entropy));
            controller.listen(Heard.text(ControlEvent.NOTICE), heard::add);
            events.tell(ControlEvent.NOTICE, "Hallöchen 𝄞 \udce9");
            assertThat(heard.take()).isEqualTo("Hallöchen 𝄞 \udce9");
        }
    }

    @Test
    void whereTheFileIsNoCookieThePasswordIsShown() throws Exception {
        Path cookie = folder.resolve("cookie");
        ControlAuthentication either =
                ControlAuthentication.withCookie(cookie, List.of(hash("g\"heim ß")), entropy, disk);
        Files.write(cookie, new byte[33]);
        try (Controller controller = connect(either)) {
            controller.authenticate(new ControllerLogin(Optional.of("g\"heim ß"), disk, entropy));
            assertThat(controller.info("place")).isEqualTo("here = there");
        }
    }

    @Test
    void aFileThatIsNoCookieIsNotShownToAnybody() throws Exception {
        Path cookie = folder.resolve("cookie");
        ControlAuthentication byCookie = ControlAuthentication.withCookie(cookie, List.of(), entropy, disk);
        Files.write(cookie, new byte[33]);
        try (Controller controller = connect(byCookie)) {
            assertThatThrownBy(() -> controller.authenticate(new ControllerLogin(disk, entropy)))
                    .isInstanceOf(LocalFailure.class)
                    .hasMessageContaining("33 bytes");
        }
    }

    @Test
    void aWrongPasswordIsRefusedAndEndsTheConnection() throws Exception {
        try (Controller controller = connect(ControlAuthentication.withPasswords(List.of(hash("secret")), entropy))) {
            assertThatThrownBy(() -> controller.authenticate(new ControllerLogin(Optional.of("guess"), disk, entropy)))
                    .isInstanceOf(Refused.class)
                    .hasMessageStartingWith("515 ");
            assertThat(controller.ended().join()).contains("closed");
            assertThatThrownBy(() -> controller.info("place")).isInstanceOf(Unreachable.class);
        }
    }

    @Test
    void aUnixSocketWillDo() throws Exception {
        Path socket = folder.resolve("control");
        start(network.listen(socket), ControlAuthentication.withPasswords(List.of(), entropy));
        try (Controller controller = Controller.over(network.dial(socket), tasks)) {
            controller.authenticate(new ControllerLogin(disk, entropy));
            assertThat(controller.info("place")).isEqualTo("here = there");
        }
    }

    @Test
    void dataGoesAndComesWholeWhateverItsLinesBeginWith() throws Exception {
        try (Controller controller = letIn()) {
            assertThat(controller.info("poem")).isEqualTo("one\n.two\n");
            assertThat(controller.ask("LOADCONF", ".\n..\nx\n").orRefused().text())
                    .isEqualTo("\".\\n..\\nx\\n\"");
        }
    }

    @Test
    void anAnswerThatIsNoBecomesAFailureWithItsCodeAndSentence() throws Exception {
        try (Controller controller = letIn()) {
            assertThatThrownBy(() -> controller.info("nonsense"))
                    .isInstanceOf(Refused.class)
                    .hasMessage("552 Unrecognized key \"nonsense\"");
            assertThatThrownBy(() -> controller.configure(List.of(new Controller.Setting("Log", "a \"b\"\nß"))))
                    .hasMessage("553 Log=\"a \\\"b\\\"\\n\\303\\237\"");
            assertThatThrownBy(() -> controller.ask("QUIT\r\nGETINFO place"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(controller.circuits()).hasSize(2);
        }
    }

    @Test
    void whoeverHearsAnEventMayAskInTurn() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (Controller controller = letIn()) {
            controller.listen(Heard.BW, second -> heard.add(second.read() + second.written() + place(controller)));
            events.tell(ControlEvent.BW, "1 2");
            assertThat(heard.take()).isEqualTo("3here = there");
        }
    }

    @Test
    void eachHearsWhatItListensToUntilItListensNoMore() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (Controller controller = letIn()) {
            Controller.Subscription notices =
                    controller.listen(Heard.text(ControlEvent.NOTICE), text -> heard.add("notice " + text));
            controller.listen(
                    Heard.whole(ControlEvent.NS),
                    all -> heard.add("ns " + all.lines().size()));
            events.tell(ControlEvent.NOTICE, "a b");
            events.list(ControlEvent.NS, List.of("r x", "s y"));
            events.tell(ControlEvent.WARN, "nobody hears this");
            assertThat(heard.take()).isEqualTo("notice a b");
            assertThat(heard.take()).isEqualTo("ns 4");
            notices.end();
            assertThat(events.wanted(ControlEvent.NOTICE)).isFalse();
            assertThat(events.wanted(ControlEvent.NS)).isTrue();
        }
    }

    @Test
    void whatCameBeforeTheEndIsHeardStill() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        CountDownLatch slow = new CountDownLatch(1);
        try (Controller controller = letIn()) {
            controller.listen(Heard.text(ControlEvent.NOTICE), text -> {
                await(slow);
                heard.add(text);
            });
            events.tell(ControlEvent.NOTICE, "first");
            events.tell(ControlEvent.NOTICE, "last");
            controller.ask("QUIT");
            controller.ended().join();
            slow.countDown();
            assertThat(heard.take()).isEqualTo("first");
            assertThat(heard.take()).isEqualTo("last");
        }
    }

    @Test
    void aControllerThatDoesNotHearItsEventsIsClosed() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (Controller controller = letIn()) {
            controller.listen(Heard.text(ControlEvent.NOTICE), text -> await(never));
            for (int i = 0; !controller.ended().isDone(); i++) {
                if (i % 100 == 0 && !controller.ended().isDone()) {
                    place(controller); // lets the port's own queue empty itself
                }
                events.tell(ControlEvent.NOTICE, "again");
            }
            assertThat(controller.ended().join()).contains("" + ControllerLink.EVENTS_MAX);
        } finally {
            never.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "250 OK\r\n250 OK\r\n", // an answer that nobody asked for
                "hello\r\n",
                "250-AUTH METHODS=COOKIE COOKIEFILE=\"a\\000b\"\r\n250 OK\r\n",
                "250-AUTH METHODS=\"\r\n250 OK\r\n",
                "250-AUTH METHODS=RETINASCAN\r\n250 OK\r\n"
            })
    void aPortThatTalksNonsenseRaisesNothingUnchecked(String said) throws Exception {
        try (Network.Listener listener = network.listen(Endpoint.parse("127.0.0.1:0"))) {
            tasks.fork("port", () -> {
                try (Wire wire = listener.accept()) {
                    wire.write(said.getBytes(US_ASCII));
                    wire.finish();
                    wire.read(new byte[100], 0, 100);
                } catch (IOException gone) {
                    // as the controller may be
                }
            });
            try (Controller controller =
                    Controller.over(network.dial(Objects.requireNonNull(listener.endpoint()), PATIENCE), tasks)) {
                assertThatThrownBy(() -> {
                            controller.authenticate(new ControllerLogin(disk, entropy));
                            controller.info("place");
                            controller.info("place");
                        })
                        .isInstanceOf(TorException.class);
            }
        }
    }

    @Test
    void aPortThatDoesNotKnowItsCookieLearnsNothing() throws Exception {
        Path cookie = folder.resolve("cookie");
        Files.write(cookie, new byte[32]);
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (Network.Listener listener = network.listen(Endpoint.parse("127.0.0.1:0"))) {
            tasks.fork("port", () -> {
                try (Wire wire = listener.accept()) {
                    ControlReader reader = new ControlReader(wire);
                    heard.add(reader.next(ControlReader.STRANGERS_MAX)
                            .orElseThrow()
                            .name());
                    String offer = "250-AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE=" + CString.quote(cookie.toString())
                            + "\r\n250 OK\r\n";
                    wire.write(offer.getBytes(US_ASCII));
                    heard.add(reader.next(ControlReader.STRANGERS_MAX)
                            .orElseThrow()
                            .name());
                    String answer = "250 AUTHCHALLENGE SERVERHASH=" + "00".repeat(32) + " SERVERNONCE="
                            + "00".repeat(32) + "\r\n";
                    wire.write(answer.getBytes(US_ASCII));
                    heard.add(reader.next(ControlReader.STRANGERS_MAX)
                            .map(ControlCommand::name)
                            .orElse("nothing"));
                } catch (IOException reset) {
                    heard.add("nothing");
                }
            });
            try (Controller controller =
                    Controller.over(network.dial(Objects.requireNonNull(listener.endpoint()), PATIENCE), tasks)) {
                assertThatThrownBy(() -> controller.authenticate(new ControllerLogin(disk, entropy)))
                        .isInstanceOf(ProtocolViolation.class)
                        .hasMessageContaining("does not know its cookie");
            }
            assertThat(List.of(heard.take(), heard.take(), heard.take()))
                    .containsExactly("PROTOCOLINFO", "AUTHCHALLENGE", "nothing");
        }
    }

    @Test
    void whoComesIsToldOf() throws Exception {
        try (Controller controller = letIn()) {
            assertThat(controller.info("place")).isEqualTo("here = there");
        }
        assertThat(log.lines()).contains("NOTICE New control connection opened from 127.0.0.1.");
    }

    /** One that the port has let in. */
    private Controller letIn() throws Exception {
        Controller controller = connect(ControlAuthentication.withPasswords(List.of(), entropy));
        controller.authenticate(new ControllerLogin(disk, entropy));
        return controller;
    }

    private Controller connect(ControlAuthentication authentication) throws Exception {
        Network.Listener listener = network.listen(Endpoint.parse("127.0.0.1:0"));
        start(listener, authentication);
        return Controller.over(network.dial(Objects.requireNonNull(listener.endpoint()), PATIENCE), tasks);
    }

    private void start(Network.Listener listener, ControlAuthentication authentication) {
        ControlPort made = new ControlPort(
                listener, "1.2.3", authentication, catalogue, events, () -> {}, new SystemTime(), tasks, log);
        made.start();
        port = Optional.of(made);
    }

    private String hash(String password) {
        return Passwords.hash(password, entropy);
    }

    private static String place(Controller controller) {
        try {
            return controller.info("place");
        } catch (TorException | InterruptedException failed) {
            return failed.toString();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
