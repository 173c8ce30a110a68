package io.allium.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusBody;
import io.allium.netdoc.ConsensusHeader;
import io.allium.netdoc.ConsensusWriter;
import io.allium.netdoc.DirectorySignature;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Slice;
import io.allium.netdoc.Timestamps;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * The cached directory of a client in a network of thousands: the consensus of a private network with made-up relays in
 * the place of its own, signed by its authorities. Nobody answers at those relays; it is for reading.
 */
final class LargeDirectory {
    private static final String CONSENSUS = "cached-microdesc-consensus";
    private static final String CERTIFICATES = "cached-certs";

    private final Random chance;
    private final Map<Fingerprint, RouterStatus> relays = new TreeMap<>(); // as a consensus has to be sorted
    private final ByteArrayOutputStream microdescriptors = new ByteArrayOutputStream();

    private LargeDirectory(long seed) {
        this.chance = new Random(seed);
    }

    /** Writes into {@code folder} what a client of that network would have cached of {@code count} relays. */
    static void write(PrivateNetwork network, int count, long seed, Instant now, Path folder) throws IOException {
        Path client = network.client().folder();
        LargeDirectory directory = new LargeDirectory(seed);
        try {
            ConsensusBody small = Consensus.parse(Files.readAllBytes(client.resolve(CONSENSUS)))
                    .claimed()
                    .body();
            directory.makeRelays(small.routers().getFirst(), aMicrodescriptor(client), count, now);
            ConsensusBody large = new ConsensusBody(
                    valid(small.header(), now),
                    small.sources(),
                    List.copyOf(directory.relays.values()),
                    small.bandwidthWeights());
            Files.write(folder.resolve(CONSENSUS), ConsensusWriter.write(large, signatures(network, large)));
        } catch (Untrusted wrong) {
            throw new IOException("the private network's documents: " + wrong.getMessage(), wrong);
        }
        Files.write(folder.resolve("cached-microdescs"), directory.microdescriptors.toByteArray());
        Files.copy(client.resolve(CERTIFICATES), folder.resolve(CERTIFICATES), StandardCopyOption.REPLACE_EXISTING);
    }

    private void makeRelays(RouterStatus sample, String microdescriptor, int count, Instant now) throws IOException {
        for (int i = 0; i < count; i++) {
            byte[] text = microdescriptor
                    .replaceFirst("(?m)^ntor-onion-key .*$", "ntor-onion-key " + onionKey())
                    .replaceFirst("(?m)^id ed25519 .*$", "id ed25519 " + identity())
                    .getBytes(US_ASCII);
            microdescriptors.writeBytes(("@last-listed " + Timestamps.text(now) + "\n").getBytes(US_ASCII));
            microdescriptors.writeBytes(text);
            byte[] address = {10, (byte) (i >>> 16), (byte) (i >>> 8), (byte) i};
            RouterStatus relay = new RouterStatus(
                    "made" + i,
                    Fingerprint.of(bytes(Fingerprint.LENGTH)),
                    sample.descriptor(),
                    Optional.of(Sha256Digest.over(Slice.of(text))),
                    sample.published(),
                    new Endpoint(InetAddress.getByAddress(address), 9001),
                    sample.dirPort(),
                    sample.additionalOrPorts(),
                    sample.flags(),
                    sample.version(),
                    sample.protocols(),
                    sample.bandwidth(),
                    sample.policy());
            relays.put(relay.fingerprint(), relay);
        }
    }

    private String onionKey() {
        return Curve25519Key.of(bytes(Curve25519Key.LENGTH)).base64();
    }

    private String identity() {
        return Ed25519Identity.of(bytes(Ed25519Identity.LENGTH)).base64();
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        chance.nextBytes(bytes);
        return bytes;
    }

    private static String aMicrodescriptor(Path client) throws IOException {
        for (String name : List.of("cached-microdescs", "cached-microdescs.new")) {
            Path file = client.resolve(name);
            if (Files.exists(file)) {
                Collection<Microdescriptor> all =
                        Microdescriptor.parseAll(Files.readAllBytes(file)).documents();
                if (!all.isEmpty()) {
                    String text = all.iterator().next().source().text();
                    return text.substring(text.indexOf("onion-key"));
                }
            }
        }
        throw new IOException("the client has no microdescriptor yet");
    }

    /** The same header for the hours around now. */
    private static ConsensusHeader valid(ConsensusHeader header, Instant now) {
        Instant hour = now.truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(10));
        DocumentTimes times = new DocumentTimes(
                hour,
                hour.plus(Duration.ofHours(2)),
                hour.plus(Duration.ofHours(4)),
                header.times().voteDelay(),
                header.times().distributionDelay());
        return new ConsensusHeader(
                header.flavor(),
                header.method(),
                times,
                header.clientVersions(),
                header.serverVersions(),
                header.packages(),
                header.knownFlags(),
                header.protocols(),
                header.parameters(),
                header.previousSharedRandom(),
                header.currentSharedRandom());
    }

    private static List<DirectorySignature> signatures(PrivateNetwork network, ConsensusBody body)
            throws IOException, Untrusted {
        List<DirectorySignature> signatures = new ArrayList<>();
        for (Node node : network.relays()) {
            if (node.isAuthority()) {
                Path keys = node.folder().resolve("keys");
                RsaKeyPair signing = RsaKeyPair.parsePem(Files.readString(keys.resolve("authority_signing_key")));
                Fingerprint identity = KeyCertificate.parse(Files.readAllBytes(keys.resolve("authority_certificate")))
                        .claimed()
                        .fingerprint();
                signatures.add(ConsensusWriter.sign(body, identity, signing));
            }
        }
        return signatures;
    }
}
