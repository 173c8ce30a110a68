package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.circuit.CircuitLife;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which circuits of a service's clients stay. */
class ServingCircuitsTest {
    private final List<Circuit> closed = new ArrayList<>();
    private final ServingCircuits serving = new ServingCircuits();

    @Test
    void oneThatIsNotUsedForLongIsClosed() {
        Circuit idle = circuit(0);
        Circuit used = circuit(0);
        used.busy = true;

        serving.closeIdle(ServingCircuits.IDLE_MAX.toNanos());
        assertThat(serving.size()).isEqualTo(2);
        serving.closeIdle(ServingCircuits.IDLE_MAX.toNanos() + 1);

        assertThat(closed).containsExactly(idle);
        assertThat(serving.size()).isEqualTo(1);
    }

    @Test
    void thoseThatNobodyUsesMakeRoomAndNotTheNewcomer() {
        List<Circuit> all = LongStream.range(0, ServingCircuits.CIRCUITS_MAX)
                .mapToObj(this::circuit)
                .toList();
        all.get(0).busy = true;

        Circuit client = circuit(ServingCircuits.CIRCUITS_MAX);

        assertThat(closed).isEqualTo(all.subList(1, 1 + ServingCircuits.ROOM));
        serving.close();
        assertThat(closed).contains(client).doesNotHaveDuplicates();
    }

    @Test
    void whereAllAreInUseTheNewcomerGoes() {
        LongStream.range(0, ServingCircuits.CIRCUITS_MAX).forEach(since -> circuit(since).busy = true);

        Circuit client = circuit(ServingCircuits.CIRCUITS_MAX);

        assertThat(closed).containsExactly(client);
        assertThat(serving.size()).isEqualTo(ServingCircuits.CIRCUITS_MAX);
    }

    @Test
    void thoseThatHaveEndedTakeNoRoom() {
        List<Circuit> all = LongStream.range(0, ServingCircuits.CIRCUITS_MAX)
                .mapToObj(this::circuit)
                .toList();
        all.forEach(each -> each.open = false);

        circuit(ServingCircuits.CIRCUITS_MAX);

        assertThat(closed).isEmpty();
        assertThat(serving.size()).isEqualTo(1);
    }

    @Test
    void ofAServiceThatLeavesThoseGoOnThatCarryStreamsUntilTheseEnd() {
        Circuit idle = circuit(0);
        Circuit used = circuit(0);
        used.busy = true;

        assertThat(serving.closeUnused()).isTrue();
        assertThat(closed).containsExactly(idle);
        Circuit late = circuit(1);
        assertThat(closed).containsExactly(idle, late);
        used.busy = false;
        assertThat(serving.closeUnused()).isFalse();
        assertThat(closed).containsExactly(idle, late, used);
    }

    @Test
    void oneThatComesWhenTheServiceHasEndedEndsToo() {
        serving.close();
        Circuit late = circuit(0);

        assertThat(closed).containsExactly(late);
        assertThat(serving.size()).isZero();
    }

    private Circuit circuit(long idleSince) {
        Circuit circuit = new Circuit(idleSince);
        serving.keep(circuit);
        return circuit;
    }

    private final class Circuit implements CircuitLife {
        private final long idleSince;
        private boolean busy;
        private boolean open = true;

        Circuit(long idleSince) {
            this.idleSince = idleSince;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public OptionalLong idleSince() {
            return busy ? OptionalLong.empty() : OptionalLong.of(idleSince);
        }

        @Override
        public void close() {
            closed.add(this);
        }
    }
}
