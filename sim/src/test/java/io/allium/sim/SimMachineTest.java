package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Names;
import io.allium.base.Refused;
import io.allium.base.Unreachable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Files, names, chance and the log of a simulated host. */
class SimMachineTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Path FILE = Path.of("/var/lib/tor/keys/secret");

    private final Simulation simulation = Simulation.of(1);
    private final SimHost host = simulation.host("10.0.0.1");

    @Test
    void filesAreListedReadMovedAndDeleted() throws Exception {
        SimDisk disk = host.disk();
        disk.write(FILE, bytes("one"));
        disk.append(FILE, bytes(" two"));
        assertThat(disk.read(FILE)).hasValue(bytes("one two"));
        assertThat(disk.modified(FILE)).contains(SimTime.BEGINNING);
        assertThat(disk.list(Path.of("/var/lib/tor"))).containsExactly(Path.of("/var/lib/tor/keys"));
        assertThat(disk.list(Path.of("/var/lib/tor/keys"))).containsExactly(FILE);
        disk.move(FILE, Path.of("/var/lib/tor/keys/secret.old"));
        assertThat(disk.read(FILE)).isEmpty();
        disk.delete(Path.of("/var/lib/tor/keys/secret.old"));
        assertThat(disk.list(Path.of("/var"))).isEmpty();
        assertThatThrownBy(() -> disk.move(FILE, FILE)).isInstanceOf(LocalFailure.class);
    }

    @Test
    void aLockIsHeldByOneUntilItIsGivenBack() throws Exception {
        var lock = host.disk().lock(FILE);
        assertThatThrownBy(() -> host.disk().lock(FILE)).isInstanceOf(LocalFailure.class);
        lock.close();
        host.disk().lock(FILE).close();
    }

    @Test
    void aFullDiskFailsEveryWrite() throws Exception {
        host.disk().full(true);
        assertThatThrownBy(() -> host.disk().write(FILE, bytes("x")))
                .isInstanceOf(LocalFailure.class)
                .hasMessage("cannot write " + FILE + ": no space left on device");
    }

    @Test
    void aCrashKeepsWhatWasWrittenAndSomeOfWhatWasAppendedLast() throws Exception {
        boolean[] lost = new boolean[2];
        SimHost machine = host;
        for (int i = 0; i < 20; i++) {
            machine.disk().write(FILE, bytes("whole"));
            machine.disk().append(FILE, bytes("part"));
            machine = machine.crash();
            String left = new String(machine.disk().read(FILE).orElseThrow(), StandardCharsets.US_ASCII);
            assertThat("wholepart").startsWith(left);
            assertThat(left).startsWith("whole");
            lost[left.equals("wholepart") ? 0 : 1] = true;
        }
        assertThat(lost).containsExactly(true, true);
    }

    @Test
    void namesHaveAddressesAndAddressesNames() throws Exception {
        simulation.names().put("www.example", "192.0.2.1", "2001:db8::1");
        Names.Answer<?> answer = simulation.call(LIMIT, () -> host.names().addresses("WWW.example"));
        assertThat(answer.values()).hasSize(2);
        assertThat(simulation
                        .call(LIMIT, () -> host.names().names(Endpoint.parseAddress("2001:db8::1")))
                        .values())
                .containsExactly("www.example");
        assertThatThrownBy(() -> simulation.call(LIMIT, () -> host.names().addresses("no.example")))
                .isInstanceOf(Refused.class);
        simulation.names().breakName("www.example");
        assertThatThrownBy(() -> simulation.call(LIMIT, () -> host.names().addresses("www.example")))
                .isInstanceOf(Unreachable.class);
    }

    @Test
    void chanceIsTheSeedsAndEachHostsOwn() {
        byte[] drawn = host.entropy().bytes(100);
        assertThat(Simulation.of(1).host("10.0.0.1").entropy().bytes(100)).isEqualTo(drawn);
        assertThat(Simulation.of(2).host("10.0.0.1").entropy().bytes(100)).isNotEqualTo(drawn);
        assertThat(simulation.host("10.0.0.2").entropy().bytes(100)).isNotEqualTo(drawn);
        SecureRandom random = Simulation.of(1).host("10.0.0.1").entropy().secureRandom();
        random.setSeed(5);
        byte[] secure = new byte[100];
        random.nextBytes(secure);
        assertThat(secure).isEqualTo(drawn);
    }

    @Test
    void theLogGoesIntoTheTrace() {
        host.log().notice(Log.Domain.GENERAL, "hello");
        host.log().info(Log.Domain.GENERAL, "too quiet");
        host.logFrom(Log.Severity.INFO);
        host.log().info(Log.Domain.GENERAL, "loud enough");
        assertThat(simulation.trace().lines())
                .containsExactly(
                        "00:00:00.000000000 10.0.0.1 [NOTICE] hello", "00:00:00.000000000 10.0.0.1 [INFO] loud enough");
    }

    @Test
    void aBugInTheLogEndsTheRun() {
        host.log().warn(Log.Domain.BUG, "cannot be");
        assertThatThrownBy(() -> simulation.run(Duration.ofSeconds(1)))
                .isInstanceOf(SimulationFailed.class)
                .hasMessage("seed 1 at 00:00:00.000000000: 10.0.0.1 logged a bug: cannot be");
    }

    @Test
    void theTraceKeepsItsLastLinesAndCountsAll() {
        for (int i = 0; i <= Trace.KEPT_MAX; i++) {
            simulation.trace().add("line " + i);
        }
        assertThat(simulation.trace().lines()).hasSize(Trace.KEPT_MAX);
        assertThat(simulation.trace().lines().getFirst()).endsWith("line 1");
        assertThat(simulation.trace().count()).isEqualTo(Trace.KEPT_MAX + 1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
