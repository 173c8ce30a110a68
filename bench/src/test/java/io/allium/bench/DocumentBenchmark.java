package io.allium.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.allium.base.Untrusted;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.DocumentList;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.Unverified;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Random;
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

/** The directory of a network as large as the public one, made from the samples of the netdoc module. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class DocumentBenchmark {
    private static final int RELAYS = 8_000;
    private static final Path SAMPLES = Path.of("netdoc/src/test/resources/io/allium/netdoc");

    private final byte[] consensus = consensus();
    private final byte[] microdescriptors = microdescriptors();

    @Benchmark
    public Unverified<Consensus> parsesAConsensus() throws Untrusted {
        return Consensus.parse(consensus);
    }

    @Benchmark
    public DocumentList<Microdescriptor> parsesMicrodescriptors() {
        return Microdescriptor.parseAll(microdescriptors);
    }

    /** The first relay of the sample again and again, with other names and fingerprints. */
    private static byte[] consensus() {
        String sample = sample("consensus-microdesc");
        int first = sample.indexOf("\nr ") + 1;
        int second = sample.indexOf("\nr ", first) + 1;
        String entry = sample.substring(first, second);
        String afterIdentity = entry.substring(entry.indexOf(' ', entry.indexOf(' ', 2) + 1));
        StringBuilder text = new StringBuilder(sample.substring(0, first));
        for (int i = 0; i < RELAYS; i++) {
            byte[] fingerprint = new byte[20];
            fingerprint[0] = (byte) (i >>> 8);
            fingerprint[1] = (byte) i;
            text.append("r relay").append(i).append(' ');
            text.append(Base64.getEncoder().withoutPadding().encodeToString(fingerprint));
            text.append(afterIdentity);
        }
        return text.append(sample.substring(sample.indexOf("directory-footer")))
                .toString()
                .getBytes(US_ASCII);
    }

    /** The first of the samples, each time with another onion key. */
    private static byte[] microdescriptors() {
        String sample = sample("microdescs");
        int first = sample.indexOf("onion-key\n");
        int second = sample.indexOf("onion-key\n", sample.indexOf("ntor-onion-key", first));
        String one = sample.substring(first, second < 0 ? sample.length() : second);
        Random chance = new Random(1);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < RELAYS; i++) {
            byte[] key = new byte[32];
            chance.nextBytes(key);
            String base64 = Base64.getEncoder().withoutPadding().encodeToString(key);
            text.append(one.replaceFirst("(?m)^ntor-onion-key .*$", "ntor-onion-key " + base64));
        }
        return text.toString().getBytes(US_ASCII);
    }

    private static String sample(String name) {
        try {
            return Files.readString(SAMPLES.resolve(name));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }
}
