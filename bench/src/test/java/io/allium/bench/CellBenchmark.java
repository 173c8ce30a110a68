package io.allium.bench;

import io.allium.base.ProtocolViolation;
import io.allium.base.SystemEntropy;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.cell.HandshakeType;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayCommand;
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

/** Cells as bytes: what a relay does of each, and what the ends of a circuit do beside. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CellBenchmark {
    private static final CellCodec CODEC = CellCodec.of(5);
    private static final int CIRCUIT = 0x8000_0001;

    private final SystemEntropy entropy = new SystemEntropy();
    private final byte[] data = new byte[RelayCell.DATA_MAX];
    private final byte[] body = new byte[CellCodec.BODY_BYTES];
    private final byte[] cell = new byte[CODEC.fixedBytes()];
    private final ChannelCell create = new ChannelCell.Create2(HandshakeType.NTOR, new byte[84]);

    public CellBenchmark() {
        RelayCell.encode(RelayCommand.DATA, 1, data, 0, data.length, body, 0, entropy);
        CODEC.writeHeader(CIRCUIT, CellCommand.RELAY, cell, 0);
    }

    @Benchmark
    public int readsAHeader() {
        return CODEC.circuitId(cell, 0) + CODEC.command(cell, 0) + CODEC.cellBytes(cell, 0, cell.length);
    }

    @Benchmark
    public int writesAHeader() {
        return CODEC.writeHeader(CIRCUIT, CellCommand.RELAY, cell, 0);
    }

    @Benchmark
    public byte[] encodesCreate2() {
        return CODEC.encode(new CircuitId(CIRCUIT), create);
    }

    @Benchmark
    public byte[] encodesFullData() {
        RelayCell.encode(RelayCommand.DATA, 1, data, 0, data.length, body, 0, entropy);
        return body;
    }

    /** The rest of the body is padding, most of it random. */
    @Benchmark
    public byte[] encodesAHundredBytes() {
        RelayCell.encode(RelayCommand.DATA, 1, data, 0, 100, body, 0, entropy);
        return body;
    }

    @Benchmark
    public RelayCell decodesFullData() throws ProtocolViolation {
        return RelayCell.decode(body, 0);
    }
}
