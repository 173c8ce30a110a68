package io.allium.sim;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.allium.control.ControlEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A client learns how long circuits take to build, waits no longer for one than for most, and goes on so when it starts again. */
class BuildTimesLearnedTest {
    private static final long SEED = Long.getLong("sim.seed", 20_261_121);

    private final Simulation simulation = Simulation.of(SEED);
    private final TorNetwork network = TorNetwork.of(
            simulation,
            3,
            8,
            1,
            ControlProgram.TORRC + "ConsensusParams cbtmincircs=20 cbttestfreq=1 cbtlearntimeout=10\n");
    private final SimulatedTor client = network.clients().getFirst();
    private final List<String> told = new ArrayList<>();

    @Test
    void theSlowestCircuitsAreBuiltToTheirEndOnlyToLearnFrom() {
        network.start();
        listen();
        simulation.run(Duration.ofMinutes(20));

        assertThat(told)
                .as("seed %d", SEED)
                .anyMatch(line -> line.matches(
                        "BUILDTIMEOUT_SET COMPUTED TOTAL_TIMES=20 TIMEOUT_MS=\\d+ XM=\\d+ ALPHA=[0-9.inf]+ CUTOFF_QUANTILE=0.800000 "
                                + "TIMEOUT_RATE=0.000000 CLOSE_MS=60000 CLOSE_RATE=0.000000"));
        String slow = told.stream()
                .filter(line ->
                        line.startsWith("CIRC ") && line.contains(" FAILED ") && line.contains(" REASON=TIMEOUT"))
                .map(line -> line.split(" ", -1)[1])
                .findFirst()
                .orElseThrow();
        List<String> fate =
                told.stream().filter(line -> line.contains(" " + slow + " ")).toList();
        assertThat(fate)
                .anyMatch(line -> line.startsWith("CIRC_MINOR " + slow + " PURPOSE_CHANGED ")
                        && line.contains(" PURPOSE=MEASURE_TIMEOUT ")
                        && line.contains(" OLD_PURPOSE="))
                .anyMatch(
                        line -> line.startsWith("CIRC " + slow + " BUILT ") && line.contains("PURPOSE=MEASURE_TIMEOUT"))
                .last()
                .asString()
                .startsWith("CIRC " + slow + " CLOSED ");
        assertThat(state()).contains("CircuitBuildTimeBin ").containsPattern("TotalBuildTimes [0-9]+");

        int learned = remembered();
        client.stop();
        simulation.run(Duration.ofSeconds(1));
        client.start();
        simulation.run(Duration.ofMinutes(1));
        assertThat(remembered()).isGreaterThanOrEqualTo(learned);
    }

    private void listen() {
        ControlProgram.follow(
                client, List.of(ControlEvent.CIRC, ControlEvent.CIRC_MINOR, ControlEvent.BUILDTIMEOUT_SET), told::add);
    }

    private int remembered() {
        return state().lines()
                .filter(line -> line.startsWith("TotalBuildTimes "))
                .mapToInt(line -> Integer.parseInt(line.split(" ", -1)[1]))
                .findFirst()
                .orElseThrow();
    }

    private String state() {
        return new String(
                client.host().disk().read(SimulatedTor.DATA.resolve("state")).orElseThrow(), US_ASCII);
    }
}
