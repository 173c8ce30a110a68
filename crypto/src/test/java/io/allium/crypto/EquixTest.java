package io.allium.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EquixTest {
    private final EquixVerifier verifier = new EquixVerifier();

    /** All solutions that C tor's unit tests expect of these challenges; the indices as numbers. */
    @ParameterizedTest
    @CsvSource({
        "zzz, ae21 d392 3215 dd9c 2f08 93df 232c e5dc",
        "rrr, 0873 57a8 73e0 912e 1ca8 ad96 9abd d7de",
        "qqq, ''",
        "0123456789, ''",
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz, ''",
        "'', 0098 3a4d c489 cfba 7ef3 a498 a00f ec20/78d8 8611 a4df ec19 0927 a729 842f f771/"
                + "54b5 cc11 1593 e624 9357 b339 b138 ed99",
        "a, 4b38 8c81 9255 ad99 5ce7 eb3e c635 ee38/3f9e 659b 9ae6 b891 63ae 777c 06ca c593/"
                + "2227 a173 365a b47d 1bb2 a077 0d5e f25f",
        "abc, 371f 8865 8189 fbc3 26df e4c0 ab39 fe5a/2101 b88f c525 ccb3 5785 a41e 4fba ed18",
        "abce, 4fca 72eb 101f afab 1add 2d71 75a3 c978/17f1 7aa6 23e3 ab00 7e2f 917e 16da da9e/"
                + "70ee 7757 8a54 bd2b 90e4 e31e 2085 e47e/62c5 86d1 5752 e1f0 12da 8f33 7336 f161",
        "01234567890123456789, 4803 6775 c5c9 d1b0 1bc3 e4f6 4027 f5ad/5a8a 9542 ef99 f0b9 4905 4e29 2da5 fbd5/"
                + "4c79 c935 2bcb cd0f 0362 9fa9 a62e f83a/5878 6edf 1e00 f5e3 43de 9212 d01e fd11/"
                + "0b69 2d17 01be 6cb4 0fba 4a9e 8d75 a50f",
    })
    void findsWhatOthersFind(String challenge, String solutions) {
        List<EquixSolution> expected = new ArrayList<>();
        for (String solution : solutions.isEmpty() ? new String[0] : solutions.split("/")) {
            expected.add(parse(solution));
        }

        assertThat(new EquixSolver(HashXRuntime.AUTOMATIC).solve(Bytes.ascii(challenge)))
                .containsExactlyInAnyOrderElementsOf(expected)
                .allMatch(solution -> verifier.verify(Bytes.ascii(challenge), solution));
    }

    @ParameterizedTest
    @EnumSource
    void everyWayToHashFindsTheSame(HashXRuntime runtime) {
        assertThat(new EquixSolver(runtime).solve(Bytes.ascii("abc")))
                .containsExactlyInAnyOrder(
                        parse("371f 8865 8189 fbc3 26df e4c0 ab39 fe5a"),
                        parse("2101 b88f c525 ccb3 5785 a41e 4fba ed18"));
    }

    @Test
    void aSolverMayBeGivenOneChallengeAfterAnother() {
        EquixSolver solver = new EquixSolver(HashXRuntime.AUTOMATIC);
        Random random = new Random(1);
        int found = 0;
        for (int i = 0; i < 20; i++) {
            byte[] challenge = Vectors.random(random, 100);
            List<EquixSolution> solutions = solver.solve(challenge);
            assertThat(solutions).allMatch(solution -> verifier.verify(challenge, solution));
            found += solutions.size();
        }
        assertThat(found).isBetween(20, 60); // two of each, on average
    }

    @Test
    void aChallengeWithoutAFunctionHasNoSolution() {
        byte[] challenge = Vectors.hex("f9050000");

        assertThat(new EquixSolver(HashXRuntime.AUTOMATIC).solve(challenge)).isEmpty();
        assertThat(verifier.verify(challenge, EquixSolution.of(new byte[16]))).isFalse();
    }

    @Test
    void noOtherOrderOfTheIndicesIsASolution() {
        char[] indices = parse("ae21 d392 3215 dd9c 2f08 93df 232c e5dc").indices();
        int valid = 0;
        for (int first = 0; first < 8; first++) {
            for (int second = first; second < 8; second++) {
                char[] exchanged = indices.clone();
                exchanged[first] = indices[second];
                exchanged[second] = indices[first];
                valid += verifier.verify(Bytes.ascii("zzz"), EquixSolution.ofIndices(exchanged)) ? 1 : 0;
            }
        }
        assertThat(valid).isEqualTo(8); // those that were not exchanged
    }

    @Test
    void aWrongIndexIsNoSolution() {
        EquixSolution right = parse("371f 8865 8189 fbc3 26df e4c0 ab39 fe5a");
        assertThat(verifier.verify(Bytes.ascii("abc"), right)).isTrue();
        assertThat(verifier.verify(Bytes.ascii("abd"), right)).isFalse();
        for (int bit = 0; bit < 128; bit++) {
            byte[] bytes = right.bytes();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(verifier.verify(Bytes.ascii("abc"), EquixSolution.of(bytes)))
                    .isFalse();
        }
    }

    @Test
    void equalHalvesAreInOrder() {
        assertThat(EquixTree.isOrdered(new char[8])).isTrue();
        assertThat(EquixTree.isOrdered(new char[] {1, 2, 1, 2, 1, 2, 1, 2})).isTrue();
        assertThat(EquixTree.isOrdered(new char[] {0, 9, 1, 3, 0, 9, 0, 9})).isFalse();
    }

    @Test
    void aWeakFunctionTakesNoMoreTimeAndMemoryThanAnother() {
        long[] sums = new long[EquixLayer.SUMS_MAX]; // as if all hashes were zero
        EquixLayer above = new EquixLayer(new long[EquixLayer.SUMS_MAX], EquixLayer.SUMS_MAX);

        new EquixBuckets().pair(sums, sums.length, above, 0);

        assertThat(above.size()).isEqualTo(32 * 31 / 2);
    }

    @Test
    void whatIsTooMuchForALayerIsLeftOut() {
        long[] sums = new long[EquixLayer.SUMS_MAX];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = i % 2 == 0 ? i % 4000 : 32_768 - (i - 1) % 4000;
        }
        EquixLayer above = new EquixLayer(new long[EquixLayer.SUMS_MAX], EquixLayer.SUMS_MAX);

        new EquixBuckets().pair(sums, sums.length, above, 0);

        assertThat(above.isFull()).isTrue();
        for (int i = 0; i < above.size(); i++) {
            assertThat(sums[above.left(i)] + sums[above.right(i)] & 0x7fff).isZero();
        }
    }

    private static EquixSolution parse(String indices) {
        char[] parsed = new char[8];
        String[] words = indices.split(" ");
        for (int i = 0; i < 8; i++) {
            parsed[i] = (char) Integer.parseInt(words[i], 16);
        }
        return EquixSolution.ofIndices(parsed);
    }
}
