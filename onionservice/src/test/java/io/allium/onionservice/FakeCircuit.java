package io.allium.onionservice;

import io.allium.circuit.CircuitLife;
import java.util.OptionalLong;

/** A circuit of which there is only its life. */
final class FakeCircuit implements CircuitLife {
    OptionalLong idleSince;
    private boolean open = true;

    /** One that carries a stream. */
    static FakeCircuit inUse() {
        return new FakeCircuit(OptionalLong.empty());
    }

    static FakeCircuit idle(long since) {
        return new FakeCircuit(OptionalLong.of(since));
    }

    private FakeCircuit(OptionalLong idleSince) {
        this.idleSince = idleSince;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public OptionalLong idleSince() {
        return idleSince;
    }

    @Override
    public void close() {
        open = false;
    }
}
