package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A controller builds circuits of its own, and puts an application's streams onto them by hand, in a whole network. */
class ControlledStreamsTest {
    private static final long SEED = Long.getLong("sim.seed", 20_261_122);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BYTES = 60_000;

    private final Simulation simulation = Simulation.of(SEED);
    private final TorNetwork network = TorNetwork.of(simulation, 3, 6, 1, "ControlPort 127.0.0.1:9051\n");
    private final SimulatedTor tor = network.clients().getFirst();
    private final List<String> done = new ArrayList<>();

    /** What a controller does; it may wait. */
    private interface Script {
        void run(Conversation controller) throws IOException, Unreachable, InterruptedException;
    }

    @Test
    void streamsGoWhereTheControllerPutsThem() {
        // relays 0 and 3 are exits
        run(controller -> {
            controller.expect("SETCONF __LeaveStreamsUnattached=1", "250 OK");
            String circuit = controller.built("relay1,relay2,relay3");

            fetch("web0.example");
            String stream = controller.hear("STREAM (\\d+) NEW 0 web0.example:80 SOURCE_ADDR=.* PURPOSE=USER "
                    + "CLIENT_PROTOCOL=SOCKS5 NYM_EPOCH=0 SESSION_GROUP=-4 ISO_FIELDS=.*NYM_EPOCH");
            controller.hear("STREAM (" + stream + ") CONTROLLER_WAIT 0 web0.example:80.*");
            controller.expect(
                    "GETINFO stream-status", "250-stream-status=" + stream + " NEW 0 web0.example:80", "250 OK");
            controller.expect("ATTACHSTREAM " + stream + " 999", "552 Unknown circuit \"999\"");
            controller.expect(
                    "ATTACHSTREAM " + stream + " " + circuit + " HOP=1",
                    "551 Can't attach stream to this one-hop circuit.");
            controller.expect("ATTACHSTREAM " + stream + " " + circuit + " HOP=9", "551 Circuit doesn't have 9 hops.");
            controller.expect("ATTACHSTREAM " + stream + " " + circuit, "250 OK");
            controller.hear("STREAM (" + stream + ") SENTCONNECT " + circuit + " web0.example:80.*");
            controller.hear("STREAM (" + stream + ") REMAP " + circuit + " 93.0.0.1:80 SOURCE=EXIT.*");
            controller.hear("STREAM (" + stream + ") SUCCEEDED " + circuit + " 93.0.0.1:80.*");
            controller.expect("ATTACHSTREAM " + stream + " " + circuit, "555 Connection is not managed by controller.");
            controller.hear("STREAM_BW " + stream + " (\\d+) [1-9]\\d* .*");
            controller.hear("STREAM (" + stream + ") CLOSED " + circuit + " .* REASON=END REMOTE_REASON=DONE .*");
            controller.hear("CIRC_BW ID=" + circuit + " READ=(\\d+) .* SS=. CWND=.*");
        });

        assertThat(done).containsExactly("web0.example " + BYTES);
    }

    @Test
    void aStreamIsOverOnceAllHasArrivedHoweverLongTheApplicationStays() {
        run(controller -> {
            fetch("web0.example", Duration.ofSeconds(5));
            String stream = controller.hear("STREAM (\\d+) NEW 0 web0.example:80 .*");
            controller.hear("STREAM (" + stream + ") CLOSED .* REASON=END REMOTE_REASON=DONE .*");
            done.add("closed");
        });

        assertThat(done).containsExactlyInAnyOrder("web0.example " + BYTES, "closed", "left");
        assertThat(done.getLast()).isEqualTo("left");
    }

    @Test
    void aRelayThatClosesAnIdleLinkJustWhenItIsNeededIsDialledAgain() {
        SimulatedTor relay = network.relays().stream()
                .filter(each -> each.name().equals("relay1"))
                .findFirst()
                .orElseThrow();
        run(controller -> {
            controller.built("relay1,relay2,relay3");
            relay.tor().channels().orElseThrow().all().forEach(link -> link.close("idle"));
            controller.built("relay1,relay2,relay3");
            done.add("built again");
        });

        assertThat(done).containsExactly("built again");
    }

    @Test
    void aStreamMayEndInTheMiddleOfACircuitThatIsMadeLonger() {
        run(controller -> {
            controller.expect("SETCONF __LeaveStreamsUnattached=1", "250 OK");
            String circuit = controller.built("relay1,relay0");
            controller.expect("EXTENDCIRCUIT " + circuit + " relay2", "250 EXTENDED " + circuit);
            controller.hear("CIRC (" + circuit + ") BUILT [^,]*,[^,]*~relay0,[^,]*~relay2 PURPOSE=GENERAL .*");

            fetch("web1.example");
            String stream = controller.hear("STREAM (\\d+) CONTROLLER_WAIT .*");
            controller.expect("ATTACHSTREAM " + stream + " " + circuit + " HOP=2", "250 OK");
            controller.hear("STREAM (" + stream + ") CLOSED " + circuit + " .* REASON=END REMOTE_REASON=DONE .*");

            controller.expect("CLOSECIRCUIT " + circuit + " IfUnused", "250 OK");
            controller.hear("CIRC (" + circuit + ") CLOSED .* REASON=REQUESTED");
        });

        assertThat(done).containsExactly("web1.example " + BYTES);
    }

    @Test
    void aCircuitWhoseEarlyCellsAreUsedUpStaysAsLongAsItIs() {
        run(controller -> {
            controller.expect("SETCONF __LeaveStreamsUnattached=1", "250 OK");
            String circuit = controller.built("relay1,relay2,relay0");
            String tooFew = "551 Circuit " + circuit + " has too few RELAY_EARLY cells left to be made longer by ";
            controller.expect(
                    "EXTENDCIRCUIT " + circuit + " relay1,relay2,relay1,relay2,relay1,relay2,relay1", tooFew + 7);
            for (int i = 0; i < 2; i++) {
                fetch("web1.example");
                String stream = controller.hear("STREAM (\\d+) CONTROLLER_WAIT .*");
                controller.expect("ATTACHSTREAM " + stream + " " + circuit, "250 OK");
                controller.hear("STREAM (" + stream + ") CLOSED " + circuit + " .* REASON=END REMOTE_REASON=DONE .*");
                controller.expect(
                        "EXTENDCIRCUIT " + circuit + " relay1,relay2,relay1,relay2,relay1,relay2", tooFew + 6);
            }
        });

        assertThat(done).containsExactly("web1.example " + BYTES, "web1.example " + BYTES);
    }

    @Test
    void aStreamGoesElsewhereOrNowhereIfTheControllerWantsIt() {
        run(controller -> {
            controller.expect("SETCONF __LeaveStreamsUnattached=1", "250 OK");
            fetch("nowhere.example");
            String stream = controller.hear("STREAM (\\d+) CONTROLLER_WAIT .*");
            controller.expect("REDIRECTSTREAM " + stream + " web2.example x", "512 Cannot parse port \"x\"");
            controller.expect("REDIRECTSTREAM " + stream + " web2.example 80", "250 OK");
            controller.expect("ATTACHSTREAM " + stream + " 0", "250 OK");
            controller.hear("STREAM (" + stream + ") CLOSED .* REASON=END REMOTE_REASON=DONE .*");

            fetch("web0.example");
            stream = controller.hear("STREAM (\\d+) CONTROLLER_WAIT .*");
            controller.expect("CLOSESTREAM " + stream + " abc", "552 Unrecognized reason \"abc\"");
            controller.expect("CLOSESTREAM " + stream + " 3", "250 OK");
            controller.hear("STREAM (" + stream + ") FAILED 0 web0.example:80 REASON=CONNECTREFUSED .*");
            controller.hear("STREAM (" + stream + ") CLOSED 0 web0.example:80 REASON=CONNECTREFUSED .*");
            controller.expect("CLOSESTREAM " + stream + " 3", "552 Unknown stream \"" + stream + "\"");
        });

        assertThat(done).containsExactly("nowhere.example " + BYTES, "web0.example SOCKS 5");
    }

    /** Nobody is at home there, which takes some seconds to find out. */
    @Test
    void aStreamToAnOnionServiceEndsAtOnceWhereAControllerClosesItBeforeTheServiceIsMet() {
        String nobody = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
        run(controller -> {
            fetch(nobody);
            String stream = controller.hear("STREAM (\\d+) NEW .*");
            long closed = tor.host().time().nanos();
            controller.expect("CLOSESTREAM " + stream + " 3", "250 OK");
            controller.hear("STREAM (" + stream + ") CLOSED 0 " + nobody + ":80 REASON=CONNECTREFUSED .*");
            assertThat(tor.host().time().nanos() - closed)
                    .isLessThan(Duration.ofMillis(500).toNanos());
        });

        assertThat(done).containsExactly(nobody + " SOCKS 5");
    }

    @Test
    void aNameThatIsMadeUpLeadsToAnotherAndNamesAreLookedUp() {
        run(controller -> {
            String made = controller.ask("MAPADDRESS .=web1.example").getLast();
            assertThat(made).matches("250 [a-z2-7]{16}\\.virtual=web1\\.example");
            String name = made.substring(4, made.indexOf('='));
            controller.hear("ADDRMAP (" + name + ") web1.example NEVER CACHED=\"YES\"");
            controller.expect(
                    "GETINFO address-mappings/control",
                    "250-address-mappings/control=" + name + " web1.example NEVER",
                    "250 OK");

            fetch(name);
            String stream = controller.hear("STREAM (\\d+) NEW 0 " + name + ":80 .*");
            controller.hear("STREAM (" + stream + ") REMAP 0 web1.example:80 SOURCE=CACHE .*");
            controller.hear("STREAM (" + stream + ") CLOSED .* REASON=END REMOTE_REASON=DONE .*");

            controller.expect("RESOLVE web2.example", "250 OK");
            controller.hear("ADDRMAP (web2.example) 93.2.0.1 \".*\" EXPIRES=\".*\" CACHED=\"NO\" STREAMID=\\d+");
            controller.expect("RESOLVE nowhere.example", "250 OK");
            controller.hear("ADDRMAP (nowhere.example) <error> \".*\" error=yes EXPIRES=.*");
            done.add(name.length() + "");
        });

        assertThat(done).hasSize(2).last().isEqualTo("24");
        assertThat(done.getFirst()).endsWith(".virtual " + BYTES);
    }

    @Test
    void guardsAreForgottenAndFoundAnew() {
        run(controller -> {
            assertThat(controller.ask("GETINFO entry-guards"))
                    .anyMatch(line -> line.matches("\\$[0-9A-F]{40}~\\w+ up"));
            controller.expect("GETINFO network-liveness", "250-network-liveness=up", "250 OK");
            controller.expect("DROPGUARDS", "250 OK");
            controller.hear("GUARD ENTRY (\\$[0-9A-F]{40}~\\w+) DROPPED");
            controller.hear("GUARD ENTRY (\\$[0-9A-F]{40}~\\w+) NEW");
            controller.expect("DROPTIMEOUTS", "250 OK");
            controller.hear("BUILDTIMEOUT_SET (RESET) TOTAL_TIMES=0 TIMEOUT_MS=60000 .*");
            done.add("dropped");
        });

        assertThat(done).containsExactly("dropped");
    }

    private void run(Script script) {
        network.start();
        simulation.run(Duration.ofMinutes(4));
        tor.host().fork("controller", () -> {
            try (Wire wire = tor.host().network().dial(Endpoint.parse("127.0.0.1:9051"), PATIENCE)) {
                Conversation controller = new Conversation(wire);
                controller.expect("AUTHENTICATE", "250 OK");
                controller.expect("SETEVENTS CIRC STREAM STREAM_BW CIRC_BW ADDRMAP GUARD BUILDTIMEOUT_SET", "250 OK");
                script.run(controller);
            } catch (IOException | Unreachable broken) {
                simulation.fail("the controller did not get on: " + broken.getMessage(), broken);
            } catch (AssertionError wrong) {
                simulation.fail("" + wrong.getMessage(), wrong);
            }
        });
        simulation.run(Duration.ofMinutes(3));
    }

    private void fetch(String server) {
        fetch(server, Duration.ZERO);
    }

    /** An application gets a page, says how much came of it or why it did not, and keeps its end open for so long. */
    private void fetch(String server, Duration staying) {
        tor.host().fork("application", () -> {
            try (ByteStream stream = tor.host().network().dial(SimulatedTor.SOCKS_PORT, PATIENCE)) {
                byte[] name = server.getBytes(StandardCharsets.US_ASCII);
                ByteArrayOutputStream request = new ByteArrayOutputStream();
                request.writeBytes(new byte[] {5, 1, 0, 5, 1, 0, 3, (byte) name.length});
                request.writeBytes(name);
                request.writeBytes(new byte[] {0, WebServer.PORT});
                stream.write(request.toByteArray());
                byte[] reply = new byte[12];
                for (int at = 0; at < reply.length; ) {
                    int count = stream.read(reply, at, reply.length - at);
                    if (count < 0) {
                        throw new EOFException("the SOCKS port closed");
                    }
                    at += count;
                }
                if (reply[3] != 0) {
                    done.add(server + " SOCKS " + reply[3]);
                    return;
                }
                stream.write(("GET " + new Page(7, BYTES).path() + " HTTP/1.0\r\nHost: " + server + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                WebServer.head(stream);
                byte[] buffer = new byte[4096];
                int got = 0;
                for (int count = stream.read(buffer, 0, 4096); count >= 0; count = stream.read(buffer, 0, 4096)) {
                    got += count;
                }
                done.add(server + " " + got);
                if (!staying.isZero()) {
                    tor.host().time().sleep(staying);
                    done.add("left");
                }
            } catch (IOException | Unreachable broken) {
                done.add(server + " " + broken.getMessage());
            }
        });
    }

    /** What a controller says and hears, one line after the other. */
    private static final class Conversation {
        private final Wire wire;
        private final StringBuilder part = new StringBuilder();
        private final List<String> heard = new ArrayList<>();
        private final byte[] buffer = new byte[4096];

        Conversation(Wire wire) {
            this.wire = wire;
        }

        /** The lines of the answer. */
        List<String> ask(String command) throws IOException {
            wire.write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            List<String> answer = new ArrayList<>();
            boolean block = false;
            while (true) {
                String line = line();
                if (line.startsWith("650 ")) {
                    heard.add(line.substring(4));
                    continue;
                }
                answer.add(line);
                if (block) {
                    block = !line.equals(".");
                } else if (line.charAt(3) == '+') {
                    block = true;
                } else if (line.charAt(3) == ' ') {
                    return answer;
                }
            }
        }

        void expect(String command, String... answer) throws IOException {
            assertThat(ask(command)).as(command).containsExactly(answer);
        }

        /** Builds a circuit along this path; its number. */
        String built(String path) throws IOException {
            String reply = ask("EXTENDCIRCUIT 0 " + path).getLast();
            assertThat(reply).matches("250 EXTENDED \\d+");
            String circuit = reply.substring("250 EXTENDED ".length());
            return hear("CIRC (" + circuit + ") BUILT .* PURPOSE=GENERAL TIME_CREATED=.*");
        }

        /** Waits for an event like this, which is then no longer waited for, nor those before; its first group. */
        String hear(String event) throws IOException {
            Pattern pattern = Pattern.compile(event);
            while (true) {
                while (!heard.isEmpty()) {
                    Matcher matcher = pattern.matcher(heard.removeFirst());
                    if (matcher.matches()) {
                        return matcher.group(1);
                    }
                }
                String line = line();
                if (line.startsWith("650 ")) {
                    heard.add(line.substring(4));
                }
            }
        }

        private String line() throws IOException {
            while (true) {
                int end = part.indexOf("\r\n");
                if (end >= 0) {
                    String line = part.substring(0, end);
                    part.delete(0, end + 2);
                    return line;
                }
                int count = wire.read(buffer, 0, buffer.length);
                if (count < 0) {
                    throw new EOFException("the control port closed");
                }
                part.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
            }
        }
    }
}
