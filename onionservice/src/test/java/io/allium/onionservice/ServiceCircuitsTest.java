package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Unreachable;
import io.allium.client.Isolation;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.OnionAddress;
import io.allium.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ServiceCircuitsTest {
    private static final Duration DIRTINESS = Duration.ofMinutes(10);

    private final ManualTime time = new ManualTime();
    private final ServiceCircuits<FakeCircuit> circuits = new ServiceCircuits<>(time);
    private final List<Patience> patiences = new ArrayList<>();

    @Test
    void streamsOfOneIsolationShareACircuitForAWhile() {
        ComingCircuit<FakeCircuit> first = found(1).orElseThrow();
        first.complete(FakeCircuit.inUse());

        assertThat(found(1)).containsSame(first);
        assertThat(found(2).orElseThrow()).isNotSameAs(first);
        time.pass(DIRTINESS);
        assertThat(found(1).orElseThrow()).isNotSameAs(first);
    }

    @Test
    void oneForWhichNobodyWaitsAnyMoreIsNotJoinedWhileItIsGivenUp() throws Exception {
        ComingCircuit<FakeCircuit> first = found(1).orElseThrow();
        assertThatThrownBy(() -> first.await(time.nanos(), time, new CompletableFuture<>()))
                .isInstanceOf(Unreachable.class);
        assertThat(patiences.getFirst().isAbandoned()).isTrue();

        assertThat(found(1).orElseThrow()).isNotSameAs(first);
    }

    @Test
    void moreServicesThanMayBeVisitedAtOnceAreRefused() {
        for (int i = 0; i < ServiceCircuits.CIRCUITS_MAX; i++) {
            assertThat(found(i)).isPresent();
        }

        assertThat(found(ServiceCircuits.CIRCUITS_MAX)).isEmpty();
    }

    @Test
    void oneThatIsRetiredEndsOnceItIsIdle() {
        FakeCircuit circuit = FakeCircuit.inUse();
        found(1).orElseThrow().complete(circuit);
        circuits.forgetAll();

        assertThat(circuits.takeIdle(DIRTINESS)).isEmpty();
        circuit.idleSince = FakeCircuit.idle(time.nanos()).idleSince;
        assertThat(circuits.takeIdle(DIRTINESS)).isEqualTo(List.of(circuit));
    }

    @Test
    void oneThatIsJoinedAfterTheEndEndsToo() {
        FakeCircuit there = FakeCircuit.inUse();
        found(1).orElseThrow().complete(there);
        ComingCircuit<FakeCircuit> coming = found(2).orElseThrow();
        circuits.close();
        FakeCircuit late = FakeCircuit.inUse();
        coming.complete(late);

        assertThat(there.isOpen()).isFalse();
        assertThat(late.isOpen()).isFalse();
    }

    private Optional<ComingCircuit<FakeCircuit>> found(int service) {
        byte[] key = new byte[32];
        key[0] = (byte) service;
        key[1] = (byte) (service >>> 8);
        ServiceCircuits.Key who =
                new ServiceCircuits.Key(new OnionAddress(Ed25519Identity.of(key)), Isolation.of("9050"));
        return circuits.find(who, DIRTINESS, this::begun);
    }

    private ComingCircuit<FakeCircuit> begun() {
        patiences.add(new Patience(time, DIRTINESS));
        return new ComingCircuit<>(patiences.getLast());
    }
}
