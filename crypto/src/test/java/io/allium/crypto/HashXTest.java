package io.allium.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashXTest {
    /** The hashes that C tor's unit tests expect, each read as bytes. */
    @ParameterizedTest
    @CsvSource({
        "'', 0, 466cc2021c268560",
        "a, 0, b2a110ee695c475c",
        "ab, 0, 57c77f7e0d2c1727",
        "abc, 0, ef560991338086d1",
        "'', 999, 304068b62bc4874e",
        "a, 999, c8b66a8eb4bba304",
        "ab, 999, 26c1f7031f0b3645",
        "abc, 999, de84f9d286b39ab5",
        "abc, -1, f756c266a3cb3b5a",
        // The beginnings of the 32 bytes that the tests of HashX itself expect; their seeds end in a NUL.
        "'This is a test\0', 123456, aebdd50aa67c93af",
        "'This is a test\0', 0, 2b2f54567dcbea98",
        "'Lorem ipsum dolor sit amet\0', 123456, ab3d155bf4bbb0aa",
        "'Lorem ipsum dolor sit amet\0', 987654321123456789, 8dfef0497c323274",
    })
    void hashesAsOthersDo(String seed, long input, String hash) {
        HashX function = seeded(Bytes.ascii(seed));

        assertThat(Long.reverseBytes(function.hash(input))).isEqualTo(Long.parseUnsignedLong(hash, 16));
        assertThat(function.compile().hash(input)).isEqualTo(function.hash(input));
    }

    /** Seeds beside those that C's tests know to have no program. */
    @Test
    void aSeedWithoutAProgramThatIsHardEnoughHasNoFunction() {
        HashX function = new HashX();

        assertThat(function.reseed(Vectors.hex("f8050000"))).isTrue();
        assertThat(function.reseed(Vectors.hex("f9050000"))).isFalse();
        assertThat(function.reseed(Vectors.hex("5d930200"))).isFalse();
        assertThat(function.reseed(Vectors.hex("5e930200"))).isTrue();
    }

    @Test
    void aFunctionMayBeMadeAnewFromAnotherSeed() {
        HashX reused = seeded(Bytes.ascii("first"));
        long first = reused.hash(7);

        assertThat(reused.reseed(Bytes.ascii("second"))).isTrue();
        assertThat(reused.hash(7))
                .isEqualTo(seeded(Bytes.ascii("second")).hash(7))
                .isNotEqualTo(first);
        assertThat(reused.reseed(Bytes.ascii("first"))).isTrue();
        assertThat(reused.hash(7)).isEqualTo(first);
    }

    @Test
    void interpreterLanesAndCompilerAgree() {
        long chosen = 20_231_101;
        Random random = new Random(chosen);
        HashX function = new HashX();
        HashXLanes lanes = new HashXLanes();
        long[] together = new long[HashXLanes.LANES];
        for (int round = 0; round < 60; round++) {
            byte[] seed = Vectors.random(random, random.nextInt(200));
            if (!function.reseed(seed)) {
                continue;
            }
            long first = random.nextBoolean() ? random.nextInt(65_536) : random.nextLong();
            HashXCompiled compiled = function.compile();
            lanes.hash(function, first, together, 0);
            for (int i = 0; i < 40; i++) {
                int lane = random.nextInt(HashXLanes.LANES);
                long hash = function.hash(first + lane);
                String of = "seed %s of %d, input %d".formatted(Vectors.hex(seed), chosen, first + lane);
                assertThat(together[lane]).as(of).isEqualTo(hash);
                assertThat(compiled.hash(first + lane)).as(of).isEqualTo(hash);
            }
        }
    }

    @Test
    void everyProgramIsAsHardAsEveryOther() {
        HashX function = new HashX();
        for (int seed = 0; seed < 300; seed++) {
            if (function.reseed(new byte[] {(byte) seed, (byte) (seed >> 8)})) {
                int multiplications = 0;
                for (int i = 0; i < HashXProgram.LENGTH; i++) {
                    multiplications += function.program().operation(i).isMultiplication() ? 1 : 0;
                }
                assertThat(multiplications).as("seed " + seed).isEqualTo(192);
                assertThat(function.program().operation(1)).isEqualTo(HashXOperation.TARGET);
            }
        }
    }

    @Test
    void aCompiledFunctionOutlivesTheProgramItWasMadeOf() {
        HashX function = seeded(Bytes.ascii("first"));
        HashXCompiled compiled = function.compile();
        long hash = compiled.hash(1);

        function.reseed(Bytes.ascii("second"));

        assertThat(compiled.hash(1)).isEqualTo(hash);
    }

    @Test
    void theCodeOfAFunctionThatNobodyHoldsIsUnloaded() {
        WeakReference<Class<?>> code = compileAndForget();
        for (int i = 0; code.get() != null && i < 50; i++) {
            System.gc();
        }
        assertThat(code.get()).isNull();
    }

    private static WeakReference<Class<?>> compileAndForget() {
        HashXBody body = HashXCompiler.compile(seeded(Bytes.ascii("forgotten")).program());
        assertThat(body.getClass().isHidden()).isTrue();
        return new WeakReference<>(body.getClass());
    }

    private static HashX seeded(byte[] seed) {
        HashX function = new HashX();
        assertThat(function.reseed(seed)).isTrue();
        return function;
    }
}
