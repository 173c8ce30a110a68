package io.allium.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed at any moment loses neither the keys of a relay nor the guards of a client. */
class SuddenEndTest {
    private static final int KILLS = 10;

    /** Each life may be longer: it ends before a file was read, while keys and caches are written, or after. */
    private static final int LIFE_MORE_MILLIS = 600;

    private static final String TOR =
            Path.of("../bin/tor").toAbsolutePath().normalize().toString();

    private static final long SEED = 20261121;

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);

    @Test
    void aRelayIsWhoItWasAfterEachKill() throws Exception {
        Path data = folder.resolve("relay");
        Path torrc = folder.resolve("torrc");
        Files.writeString(torrc, """
                DataDirectory %s
                ORPort 127.0.0.1:auto
                SocksPort 0
                AssumeReachable 1
                PublishServerDescriptor 0
                TestingTorNetwork 1
                DirAuthority x orport=1 v3ident=%s 127.0.0.1:1 %s
                """.formatted(data, "e".repeat(40), "f".repeat(40)));
        killAndCompare(torrc, data, 0, KILLS / 2);
        Programs.Outcome listed = Programs.run(folder, TOR, "--list-fingerprint", "-f", torrc.toString());
        assertThat(listed.text().replaceAll("\\s", ""))
                .endsWith(identity(data).get("fingerprint").replaceAll("\\s", ""));
        killAndCompare(torrc, data, KILLS / 2, KILLS);
    }

    private void killAndCompare(Path torrc, Path data, int first, int end) throws Exception {
        Map<String, String> known = identity(data);
        for (int kill = first; kill < end; kill++) {
            Process relay = new ProcessBuilder(TOR, "-f", torrc.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output" + kill).toFile())
                    .start();
            boolean ended = relay.waitFor(life(kill), TimeUnit.MILLISECONDS);
            relay.destroyForcibly().waitFor();

            assertThat(ended)
                    .as("seed %s, start %s ended by itself", SEED, kill)
                    .isFalse();
            Map<String, String> now = identity(data);
            assertThat(now).as("seed %s, kill %s", SEED, kill).containsAllEntriesOf(known);
            known = now;
        }
    }

    private int life(int kill) {
        return random.nextInt((kill + 2) * LIFE_MORE_MILLIS);
    }

    /** What the files say of who a relay is, as far as they are there. */
    private static Map<String, String> identity(Path data) throws IOException {
        Map<String, String> identity = new TreeMap<>();
        for (String name : List.of(
                "fingerprint", "fingerprint-ed25519", "keys/secret_id_key", "keys/ed25519_master_id_secret_key")) {
            Path file = data.resolve(name);
            if (Files.exists(file)) {
                identity.put(name, Files.readString(file, ISO_8859_1));
            }
        }
        return identity;
    }

    @Test
    @ExtendWith(AmongCTors.class)
    void aClientHasTheGuardsThatItHadBeforeEachKill(MixedNetwork network) throws Exception {
        MixedNetwork.Node client = network.join("client1", true, List.of());
        try {
            killAndCompareGuards(network, client);
        } finally {
            network.leave(client);
        }
    }

    private void killAndCompareGuards(MixedNetwork network, MixedNetwork.Node client) throws Exception {
        Path state = client.folder().resolve("state");
        network.stop(client);
        Set<String> known = new TreeSet<>(guards(state));
        assertThat(known).as("saved at a polite end").isNotEmpty();
        network.restart(client);
        for (int kill = 0; kill < KILLS; kill++) {
            TimeUnit.MILLISECONDS.sleep(life(kill));
            network.kill(client);
            assertThat(guards(state)).as("seed %s, kill %s", SEED, kill).containsAll(known);
            known.addAll(guards(state));
            network.restart(client);
        }
        network.awaitBootstrap(client);
        assertThat(Files.readString(client.log())).doesNotContain("garbled", "is dropped", "Exception");
    }

    /** The confirmed guards of a state file, every line of which is whole. */
    private static Set<String> guards(Path state) throws IOException {
        if (!Files.exists(state)) {
            return Set.of();
        }
        try (Stream<String> lines = Files.lines(state)) {
            return lines.filter(line -> !line.startsWith("#") && !line.isEmpty())
                    .peek(line -> assertThat(line).matches("[A-Za-z]+ [ -~]+"))
                    .filter(line -> line.startsWith("Guard ") && line.contains(" confirmed_on="))
                    .map(line -> line.replaceAll(".*rsa_id=([0-9A-F]{40}).*", "$1"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
