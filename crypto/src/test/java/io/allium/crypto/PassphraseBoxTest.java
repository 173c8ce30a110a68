package io.allium.crypto;

import static io.allium.crypto.Vectors.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import io.allium.testing.MemoryDisk;
import io.allium.testing.SeededEntropy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The resources under {@code keys/offline} are by {@code tor --keygen} 0.4.9.11, under the passphrase "secretpass". */
class PassphraseBoxTest {
    private static final byte[] PASSPHRASE = "secretpass".getBytes(StandardCharsets.UTF_8);
    private static final byte[] WRONG = "secretpasS".getBytes(StandardCharsets.UTF_8);
    private static final String SALT = "000102030405060708090a0b0c0d0e0f";

    private final MemoryDisk disk = new MemoryDisk();
    private final KeyFiles files = new KeyFiles(disk, Path.of("keys"));

    @Test
    void opensTheMasterKeyThatCTorLocked() throws Exception {
        disk.write(files.path(KeyFiles.MASTER_ENCRYPTED), resource("/keys/offline/" + KeyFiles.MASTER_ENCRYPTED));
        disk.write(files.path(KeyFiles.MASTER_PUBLIC), resource("/keys/offline/" + KeyFiles.MASTER_PUBLIC));
        byte[] box = files.readBox(KeyFiles.MASTER_ENCRYPTED).orElseThrow();
        byte[] secret = PassphraseBox.open(box, PASSPHRASE).orElseThrow();
        assertThat(files.readEd25519Public(KeyFiles.MASTER_PUBLIC))
                .contains(Ed25519KeyPair.ofExpanded(secret).publicKey());
        assertThat(PassphraseBox.open(box, WRONG)).isEmpty();
    }

    @Test
    void opensWhatItLocked() throws Exception {
        SeededEntropy entropy = new SeededEntropy(7);
        for (int length : new int[] {0, 1, 64, 124, 125, 300}) {
            byte[] secret = entropy.bytes(length);
            byte[] box = PassphraseBox.seal(secret, PASSPHRASE, entropy);
            assertThat(PassphraseBox.open(box, PASSPHRASE).orElseThrow()).isEqualTo(secret);
        }
        byte[] box = PassphraseBox.seal(entropy.bytes(64), PASSPHRASE, entropy);
        assertThat(PassphraseBox.open(box, WRONG)).isEmpty();
        files.writeBox(KeyFiles.MASTER_ENCRYPTED, box);
        assertThat(files.readBox(KeyFiles.MASTER_ENCRYPTED).orElseThrow()).isEqualTo(box);
    }

    /** The keys are by Python's hashlib. */
    @Test
    void passphrasesAreStretchedInTheWaysThatOtherBuildsOfCTorWrite() throws Exception {
        assertThat(stretched("02" + SALT + "0c31"))
                .isEqualTo("04aed9962ea0721abfb7174f41da37ba5a6c1e8ec71723cca304037e0bbb374a"
                        + "043f80d8e258f19973bbc9918ef25e11");
        assertThat(stretched("01" + SALT + "0a"))
                .isEqualTo("aa4c88a48c3d43ffbde46dc1fd31e09d72a2ff7598945fc69c023ce3793145aa"
                        + "26db8c404153b478c296b9df05e257b2");
        assertThat(stretched("00" + "0001020304050607" + "60")).isEqualTo(stretched("0001020304050607" + "60"));
    }

    @Test
    void workWithoutEndIsRefused() {
        for (String parameters : new String[] {"01" + SALT + "1f", "02" + SALT + "3f31", "02" + SALT + "0fff"}) {
            assertThatThrownBy(() -> stretched(parameters))
                    .isInstanceOf(Untrusted.class)
                    .hasMessageContaining("too much work");
        }
        for (String parameters : new String[] {"", "03", "01" + SALT, "07" + SALT + "11"}) {
            assertThatThrownBy(() -> stretched(parameters)).isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void aDamagedBoxIsAWrongPassphraseOrNoBox() {
        Random random = new Random(3);
        byte[] box = PassphraseBox.seal(new byte[64], PASSPHRASE, new SeededEntropy(1));
        for (int i = 0; i < 40; i++) {
            byte[] damaged = box.clone();
            damaged[i == 0 ? 30 : random.nextInt(27)] ^= (byte) (1 + random.nextInt(255));
            damaged[26] = 4; // little work, for the test's sake
            for (byte[] each : new byte[][] {damaged, Arrays.copyOf(damaged, random.nextInt(damaged.length))}) {
                try {
                    assertThat(PassphraseBox.open(each, PASSPHRASE)).isEmpty();
                } catch (Untrusted expected) {
                    assertThat(expected).hasMessageContaining("encrypted key");
                }
            }
        }
    }

    private static String stretched(String parameters) throws Untrusted {
        return HexFormat.of().formatHex(PassphraseStretch.keys(HexFormat.of().parseHex(parameters), PASSPHRASE, 48));
    }
}
