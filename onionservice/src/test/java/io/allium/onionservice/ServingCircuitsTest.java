package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which circuits of a service's clients stay. */
class ServingCircuitsTest {
    private final Circuits circuits = new Circuits();
    private final ServingCircuits<Circuit> serving = new ServingCircuits<>(circuits);

    @Test
    void oneThatIsNotUsedForLongIsClosed() {
        Circuit idle = circuit(0);
        Circuit used = circuit(0);
        used.busy = true;

        serving.closeIdle(ServingCircuits.IDLE_MAX.toNanos());
        assertThat(serving.size()).isEqualTo(2);
        serving.closeIdle(ServingCircuits.IDLE_MAX.toNanos() + 1);

        assertThat(circuits.closed).containsExactly(idle);
        assertThat(serving.size()).isEqualTo(1);
    }

    @Test
    void thoseThatNobodyUsesMakeRoomAndNotTheNewcomer() {
        List<Circuit> all = LongStream.range(0, ServingCircuits.CIRCUITS_MAX)
                .mapToObj(this::circuit)
                .toList();
        all.get(0).busy = true;

        Circuit client = circuit(ServingCircuits.CIRCUITS_MAX);

        assertThat(circuits.closed).isEqualTo(all.subList(1, 1 + ServingCircuits.ROOM));
        serving.closeAll();
        assertThat(circuits.closed).contains(client).doesNotHaveDuplicates();
    }

    @Test
    void whereAllAreInUseTheNewcomerGoes() {
        LongStream.range(0, ServingCircuits.CIRCUITS_MAX).forEach(since -> circuit(since).busy = true);

        Circuit client = circuit(ServingCircuits.CIRCUITS_MAX);

        assertThat(circuits.closed).containsExactly(client);
        assertThat(serving.size()).isEqualTo(ServingCircuits.CIRCUITS_MAX);
    }

    @Test
    void thoseThatHaveEndedTakeNoRoom() {
        List<Circuit> all = LongStream.range(0, ServingCircuits.CIRCUITS_MAX)
                .mapToObj(this::circuit)
                .toList();
        all.forEach(each -> each.open = false);

        circuit(ServingCircuits.CIRCUITS_MAX);

        assertThat(circuits.closed).isEmpty();
        assertThat(serving.size()).isEqualTo(1);
    }

    private Circuit circuit(long idleSince) {
        Circuit circuit = new Circuit(idleSince);
        serving.keep(circuit);
        return circuit;
    }

    private static final class Circuit {
        private final long idleSince;
        private boolean busy;
        private boolean open = true;

        Circuit(long idleSince) {
            this.idleSince = idleSince;
        }
    }

    private static final class Circuits implements ServingCircuits.Circuits<Circuit> {
        private final List<Circuit> closed = new ArrayList<>();

        @Override
        public boolean isOpen(Circuit circuit) {
            return circuit.open;
        }

        @Override
        public OptionalLong idleSince(Circuit circuit) {
            return circuit.busy ? OptionalLong.empty() : OptionalLong.of(circuit.idleSince);
        }

        @Override
        public void close(Circuit circuit) {
            closed.add(circuit);
        }
    }
}
