package io.allium.bench;

import io.allium.base.ProtocolViolation;
import io.allium.base.SystemEntropy;
import io.allium.cell.CellCommand;
import io.allium.crypto.CreateFast;
import io.allium.crypto.KeyMaterial;
import io.allium.crypto.OriginLayer;
import io.allium.crypto.RelayLayer;
import io.allium.crypto.Tor1;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The layers of one hop over one body of 509 bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RelayEncryptionBenchmark {
    private final OriginLayer origin = Tor1.originLayer(keys());
    private final RelayLayer relay = Tor1.relayLayer(keys());
    private final byte[] plain = new byte[Tor1.BODY_LENGTH];
    private final byte[] coded = new byte[Tor1.BODY_LENGTH];

    /** A relay that passes a cell on, outward: it decrypts, and looks whether the cell is its own. */
    @Benchmark
    public boolean relayPassesOutbound() {
        return relay.decryptOutbound(CellCommand.RELAY, plain, 0, coded, 0);
    }

    /** A relay that passes a cell on, towards the client. */
    @Benchmark
    public byte[] relayPassesInbound() {
        relay.encryptInbound(CellCommand.RELAY, plain, 0, coded, 0);
        return coded;
    }

    /** An exit that sends: digest and encryption. */
    @Benchmark
    public byte[] exitOriginates() {
        relay.originateInbound(CellCommand.RELAY, plain, 0, coded, 0);
        return coded;
    }

    /** The client's outermost layers, which recognise nothing. */
    @Benchmark
    public boolean clientUnwrapsALayer() {
        return origin.decryptInbound(CellCommand.RELAY, plain, 0, coded, 0);
    }

    @Benchmark
    public byte[] clientOriginates() {
        origin.originateOutbound(CellCommand.RELAY, plain, 0, coded, 0);
        return coded;
    }

    private static KeyMaterial keys() {
        SystemEntropy entropy = new SystemEntropy();
        try {
            return CreateFast.answer(CreateFast.begin(entropy).onionskin(), entropy)
                    .keys();
        } catch (ProtocolViolation never) {
            throw new IllegalStateException(never);
        }
    }
}
