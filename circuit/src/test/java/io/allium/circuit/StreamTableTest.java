package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.crypto.CreateFast;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.Tor1;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamTableTest {
    private static final Entropy ENTROPY = new SeededEntropy(4);

    private final Hop hop = hop();

    @Test
    void idsWrapAroundPastZero() throws TorException {
        StreamTable table = new StreamTable(StreamTable.MAX);
        assertThat(add(table)).isEqualTo(StreamTable.MAX);
        assertThat(add(table)).isEqualTo(1);
        assertThat(add(table)).isEqualTo(2);
    }

    @Test
    void idsInUseAreNeverGivenTwice() throws TorException {
        long seed = 5;
        Random random = new Random(seed);
        StreamTable table = new StreamTable(65_000);
        Set<Integer> used = new LinkedHashSet<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            int id = add(table);
            assertThat(used.add(id))
                    .as("seed " + seed + ": " + id + " was in use")
                    .isTrue();
            assertThat(id).isBetween(1, StreamTable.MAX);
            order.add(id);
            if (order.size() > 1000) {
                int freed = order.remove(random.nextInt(order.size()));
                table.remove(freed);
                used.remove(freed);
            }
        }
    }

    @Test
    void whenAllIdsAreTakenTheNextStreamIsRefused() throws TorException {
        StreamTable table = new StreamTable(ENTROPY);
        for (int i = 0; i < StreamTable.MAX; i++) {
            add(table);
        }
        assertThatThrownBy(() -> add(table))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(Refused.Kind.RESOURCE_LIMIT));
        table.remove(777);
        assertThat(add(table)).isEqualTo(777);
    }

    @Test
    void halfClosedStreamsKeepTheirIdsButAreNotOpen() throws TorException {
        StreamTable table = new StreamTable(10);
        Lookup lookup = table.add(id -> new Lookup(hop, id));
        table.halfClose(lookup.id(), lookup, lookup.remains(new ManualTime()));
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.open()).isZero();
        table.remove(lookup.id());
        assertThat(table.size()).isZero();
        assertThat(table.open()).isZero();
    }

    @Test
    void aStreamThatTheOtherEndHasEndedIsNotHalfClosedAfterwards() throws TorException {
        StreamTable table = new StreamTable(10);
        Lookup lookup = table.add(id -> new Lookup(hop, id));
        table.remove(lookup.id());
        table.halfClose(lookup.id(), lookup, lookup.remains(new ManualTime()));
        assertThat(table.size()).isZero();
        assertThat(table.open()).isZero();
    }

    @Test
    void aClosedTableTakesNothing() throws TorException {
        StreamTable table = new StreamTable(10);
        add(table);
        assertThat(table.close()).hasSize(1);
        assertThat(table.size()).isZero();
        assertThatThrownBy(() -> add(table)).isInstanceOf(Unreachable.class);
    }

    @Test
    void theOtherEndMayUseTheIdOfAStreamAgainThatWeHaveClosed() throws TorException {
        StreamTable table = new StreamTable(10);
        Lookup first = new Lookup(hop, 7);
        assertThat(table.accept(7, first)).isTrue();
        assertThatThrownBy(() -> table.accept(7, new Lookup(hop, 7)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("BEGIN: stream 7 is open already");
        table.halfClose(7, first, first.remains(new ManualTime()));
        Lookup second = new Lookup(hop, 7);
        assertThat(table.accept(7, second)).isTrue();
        assertThat(table.at(7)).isSameAs(second);
        assertThat(table.open()).isEqualTo(1);
    }

    @Test
    void ofTooManyRemainsTheOldestAreForgotten() throws TorException {
        StreamTable table = new StreamTable(10);
        for (int id = 1; id <= StreamTable.HALF_CLOSED_MAX + 2; id++) {
            Lookup stream = new Lookup(hop, id);
            table.accept(id, stream);
            table.halfClose(id, stream, stream.remains(new ManualTime()));
        }
        assertThat(table.at(1)).isNull();
        assertThat(table.at(2)).isNull();
        assertThat(table.at(3)).isNotNull();
        assertThat(table.size()).isEqualTo(StreamTable.HALF_CLOSED_MAX);
        assertThat(table.open()).isZero();
    }

    @Test
    void aClosedTableAcceptsNothing() throws TorException {
        StreamTable table = new StreamTable(10);
        table.close();
        assertThat(table.accept(7, new Lookup(hop, 7))).isFalse();
        assertThat(table.size()).isZero();
    }

    private int add(StreamTable table) throws TorException {
        return table.add(id -> new Lookup(hop, id)).id();
    }

    private static Hop hop() {
        try {
            HopTarget target =
                    new HopTarget(Fingerprint.of(new byte[20]), Optional.empty(), null, List.of(), false, false);
            return new Hop(
                    1,
                    target,
                    Tor1.originLayer(CreateFast.answer(new byte[20], ENTROPY).keys()),
                    PackagingFlow.fixed(FlowParameters.DEFAULT, ENTROPY));
        } catch (TorException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
