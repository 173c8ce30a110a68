package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Untrusted;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Damaged documents raise {@link Untrusted} and nothing else; what still reads can be looked at. */
class MutationTest {
    private static final long SEED = 20_261_120;

    @Test
    void noDamageRaisesAnythingButUntrusted() {
        Map<String, Parser> parsers = new LinkedHashMap<>();
        parsers.put(
                "server-descriptors",
                bytes -> RouterDescriptor.parseAll(bytes).documents().forEach(each -> {
                    try {
                        Microdescriptor.of(each.verify(RouterDescriptor.signedAt(Samples.NOW)), 35);
                    } catch (Untrusted refused) {
                        assertThat(refused.getMessage()).isNotEmpty();
                    }
                }));
        parsers.put("extra-infos", ExtraInfo::parseAll);
        parsers.put("microdescs", Microdescriptor::parseAll);
        parsers.put("key-certificates", KeyCertificate::parseAll);
        parsers.put("consensus-ns", Consensus::parse);
        parsers.put("consensus-microdesc", Consensus::parse);
        parsers.put("with-srv-authority", Vote::parse);
        parsers.put("next-consensus-signatures", DetachedSignatures::parse);
        parsers.put("hs-descriptor-v3-outer", OnionDescriptor::parse);
        parsers.put("hs-descriptor-v3-middle", AuthorizedClients::parse);
        parsers.put("hs-descriptor-v3-inner", MutationTest::parseInner);

        Random random = new Random(SEED);
        parsers.forEach((name, parser) -> {
            byte[] sample = Samples.bytes(name);
            for (int turn = 0; turn < TURNS; turn++) {
                byte[] damaged = damage(sample, random);
                try {
                    parser.parse(damaged);
                } catch (Untrusted refused) {
                    assertThat(refused.getMessage()).isNotEmpty();
                } catch (RuntimeException wrong) {
                    throw new AssertionError(name + ", seed " + SEED + ", turn " + turn, wrong);
                }
            }
        });
    }

    private static void parseInner(byte[] text) throws Untrusted {
        OnionDescriptorBody.parse(text, OnionDescriptorLayersTest.sample().signingKey(), Samples.NOW);
    }

    /** Flips bytes, cuts, doubles, swaps or garbles lines. */
    static byte[] damage(byte[] sample, Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> flipped(sample, random);
            case 1 -> Arrays.copyOf(sample, random.nextInt(sample.length));
            default -> linesDamaged(sample, random);
        };
    }

    private static byte[] flipped(byte[] sample, Random random) {
        byte[] damaged = sample.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        return damaged;
    }

    private static byte[] linesDamaged(byte[] sample, Random random) {
        String[] lines = new String(sample, StandardCharsets.UTF_8).split("\n");
        int at = random.nextInt(lines.length);
        String[] words = lines[at].split(" ");
        lines[at] = switch (random.nextInt(6)) {
            case 0 -> lines[at] + "\n" + lines[at];
            case 1 -> lines[random.nextInt(lines.length)];
            case 2 -> words[0];
            case 3 -> {
                words[random.nextInt(words.length)] = NASTY[random.nextInt(NASTY.length)];
                yield String.join(" ", words);
            }
            case 4 -> lines[at] + " " + NASTY[random.nextInt(NASTY.length)];
            default -> NASTY[random.nextInt(NASTY.length)];
        };
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private interface Parser {
        void parse(byte[] document) throws Untrusted;
    }

    private static final int TURNS = 150;

    private static final String[] NASTY = {
        "",
        "-",
        "-1",
        "0",
        "99999999999999999999",
        "4294967296",
        "2147483648",
        "=",
        "a=",
        "=1",
        "[",
        "]",
        "[::1]:x",
        "::ffff:1.2.3.4",
        "[::ffff:1.2.3.4]:80",
        "*",
        "*:",
        "*:0",
        "1.2.3.4/0:*",
        "9999-12-31",
        "1970-01-01",
        "00:00:00",
        "24:00:00",
        "\u0663",
        "sha256=",
        "sha256=AAAA",
        "none",
        "ed25519",
        "@a",
        "-----BEGIN X-----",
        "-----END SIGNATURE-----",
        "A".repeat(27),
        "A".repeat(43),
        "f".repeat(40),
        "accept",
        "reject",
        "r",
        "router"
    };
}
