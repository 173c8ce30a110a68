package io.allium.bench;

import io.allium.base.ProtocolViolation;
import io.allium.base.SystemEntropy;
import io.allium.crypto.Agreement;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.HandshakeAnswer;
import io.allium.crypto.Ntor;
import io.allium.crypto.NtorV3;
import java.util.List;
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

/** Public keys: what a new circuit costs a relay and a client. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HandshakeBenchmark {
    private final SystemEntropy entropy = new SystemEntropy();
    private final Fingerprint relay = Fingerprint.of(entropy.bytes(Fingerprint.LENGTH));
    private final Ed25519KeyPair identity = Ed25519KeyPair.generate(entropy);
    private final Curve25519KeyPair onionKey = Curve25519KeyPair.generate(entropy);
    private final Curve25519KeyPair other = Curve25519KeyPair.generate(entropy);
    private final Ntor.Client ntor = Ntor.begin(relay, onionKey.publicKey(), entropy);
    private final byte[] ntorSkin = ntor.onionskin();
    private final byte[] ntorV3Skin;
    private final byte[] ntorReply;
    private final byte[] message = entropy.bytes(100);
    private final byte[] signature = identity.sign(message);

    public HandshakeBenchmark() {
        try {
            ntorV3Skin = NtorV3.begin(identity.publicKey(), onionKey.publicKey(), new byte[] {0}, entropy)
                    .onionskin();
            ntorReply = relayAnswersNtor().reply();
        } catch (ProtocolViolation never) {
            throw new IllegalStateException(never);
        }
    }

    @Benchmark
    public byte[] agreesOnX25519() throws ProtocolViolation {
        return onionKey.agree(other.publicKey());
    }

    @Benchmark
    public Curve25519KeyPair makesAnX25519Key() {
        return Curve25519KeyPair.generate(entropy);
    }

    @Benchmark
    public HandshakeAnswer relayAnswersNtor() throws ProtocolViolation {
        return Ntor.answer(relay, List.of(onionKey), ntorSkin, entropy);
    }

    @Benchmark
    public Agreement clientFinishesNtor() throws ProtocolViolation {
        return ntor.finish(ntorReply);
    }

    @Benchmark
    public HandshakeAnswer relayAnswersNtorV3() throws ProtocolViolation {
        return NtorV3.answer(identity.publicKey(), List.of(onionKey), ntorV3Skin, asked -> new byte[] {0}, entropy);
    }

    @Benchmark
    public boolean verifiesEd25519() {
        return Ed25519.verify(identity.publicKey(), message, signature);
    }
}
