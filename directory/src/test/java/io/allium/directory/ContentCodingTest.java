package io.allium.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ContentCodingTest {
    private static final int LIMIT = 1 << 24;

    @ParameterizedTest
    @CsvSource({"1.zst, ZSTD", "19.zst, ZSTD", "lzma, LZMA"})
    void whatOtherProgramsCompressedIsRead(String suffix, ContentCoding coding) throws Exception {
        byte[] coded = Samples.bytes("server-descriptors." + suffix);

        assertThat(coding.decode(coded, LIMIT)).isEqualTo(Samples.bytes("server-descriptors"));
        assertThat(ContentCoding.betrayedBy(coded)).isEqualTo(coding);
    }

    @ParameterizedTest
    @EnumSource
    void theFirstBytesBetrayTheCoding(ContentCoding coding) {
        assertThat(ContentCoding.betrayedBy(coding.encode(Samples.bytes("microdescs"))))
                .isEqualTo(coding);
    }

    @ParameterizedTest
    @EnumSource
    void longTextsComeBackAsTheyWere(ContentCoding coding) throws Exception {
        long seed = new Random().nextLong();
        byte[] plain = directory(new Random(seed), 3_000_000);

        assertThat(coding.decode(coding.encode(plain), LIMIT))
                .as("seed %d", seed)
                .isEqualTo(plain);
    }

    @ParameterizedTest
    @EnumSource(names = {"DEFLATE", "GZIP", "ZSTD", "LZMA"})
    void whatIsCutShortAnywhereIsRefused(ContentCoding coding) {
        byte[] coded = coding.encode(Samples.bytes("microdescs"));
        for (int length = 0; length < coded.length; length++) {
            byte[] cut = Arrays.copyOf(coded, length);
            assertThatThrownBy(() -> coding.decode(cut, LIMIT))
                    .as("%d of %d bytes", length, coded.length)
                    .isInstanceOf(Untrusted.class)
                    .hasMessageContaining(coding.token());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DEFLATE", "GZIP", "ZSTD", "LZMA"})
    void whatIsGarbledRaisesNothingUnexpected(ContentCoding coding) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] whole = coding == ContentCoding.ZSTD
                ? Samples.bytes("server-descriptors.19.zst")
                : coding.encode(Samples.bytes("server-descriptors"));
        for (int turn = 0; turn < 2000; turn++) {
            byte[] coded = whole.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                coded[random.nextInt(turn % 2 == 0 ? 200 : coded.length)] = (byte) random.nextInt(256);
            }
            try {
                coding.decode(coded, LIMIT);
            } catch (Untrusted refused) {
                assertThat(refused).hasMessageContaining(coding.token());
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed, bug);
            }
        }
    }

    @Test
    void lzmaThatDemandsMuchMemoryIsRefused() {
        byte[] greedy = ContentCoding.LZMA.encode(new byte[100]);
        greedy[4] = 4; // a dictionary of 64 MiB

        assertThatThrownBy(() -> ContentCoding.LZMA.decode(greedy, LIMIT)).hasMessageContaining("more than 16384 KiB");
    }

    /** Text much like a directory's. */
    private static byte[] directory(Random random, int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            byte[] digest = new byte[20];
            random.nextBytes(digest);
            String name = "relay" + random.nextInt(1000);
            text.append("r ")
                    .append(name)
                    .append(' ')
                    .append(java.util.Base64.getEncoder().encodeToString(digest));
            text.append(" 2038-01-01 00:00:00 10.0.")
                    .append(random.nextInt(256))
                    .append(".7 9001 0\n");
            text.append("s Fast Running Stable V2Dir Valid\nv Tor 0.4.9.")
                    .append(random.nextInt(12))
                    .append('\n');
            text.append("w Bandwidth=").append(random.nextInt(100_000)).append('\n');
        }
        return text.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
