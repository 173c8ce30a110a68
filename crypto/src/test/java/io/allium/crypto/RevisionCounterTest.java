package io.allium.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RevisionCounterTest {
    private static final RevisionCounter COUNTER = RevisionCounter.ofKey(
            HexFormat.of().parseHex("19e05891d55232c08c2cad91d612fdb9cbd6691949a0742434a76c80bc6992fe"));

    @ParameterizedTest
    @CsvSource({"7110, 234966492", "9612, 318326551", "11391, 376696838", "60150, 1977329668", "123569, 4051780471"})
    void timesAreEncryptedAsByCTor(int seconds, long counter) {
        assertThat(COUNTER.encrypt(seconds)).isEqualTo(counter);
    }

    @Test
    void laterIsGreaterAndTimesOutOfRangeAreBroughtIntoIt() {
        Instant since = Instant.parse("2026-11-21T00:00:00Z");

        assertThat(COUNTER.at(since, since)).isEqualTo(COUNTER.encrypt(1));
        assertThat(COUNTER.at(since.plusSeconds(1), since)).isGreaterThan(COUNTER.at(since, since));
        assertThat(COUNTER.at(since.minusSeconds(5), since)).isEqualTo(COUNTER.encrypt(1));
        assertThat(COUNTER.at(since.plusSeconds(1_000_000), since))
                .isEqualTo(COUNTER.encrypt(RevisionCounter.SECONDS_MAX));
    }

    /** A shared random value is used from its making on until the one after the next is made: 48 hours. */
    @Test
    void timeIsToldApartForAsLongAsAKeyIsPublishedAndClocksAreWrong() {
        Instant since = Instant.parse("2026-11-21T00:00:00Z");
        Instant last = since.plus(Duration.ofHours(48 + 12));

        assertThat(COUNTER.at(last, since)).isGreaterThan(COUNTER.at(last.minusSeconds(1), since));
    }

    @Test
    void keysCountDifferently() {
        Ed25519KeyPair one = Ed25519KeyPair.ofSeed(new byte[32]);
        byte[] seed = new byte[32];
        seed[0] = 1;
        Instant since = Instant.EPOCH;

        assertThat(RevisionCounter.of(one).at(since, since))
                .isNotEqualTo(RevisionCounter.of(Ed25519KeyPair.ofSeed(seed)).at(since, since));
    }
}
