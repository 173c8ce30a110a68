package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.TimePeriod;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.SharedRandomValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HsDirRingTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int DAY = 1440;

    @Test
    void placesAreThoseThatCTorComputes() {
        Ed25519Identity key = Ed25519Identity.of(filled(0x42));
        TimePeriod period = new TimePeriod(42, DAY);

        assertThat(hex(HsDirRing.serviceIndex(key, 1, period)))
                .isEqualTo("37e5cbbd56a22823714f18f1623ece5983a0d64c78495a8cfab854245e5f9a8a");
        assertThat(hex(HsDirRing.relayIndex(key, filled(0x43), period)))
                .isEqualTo("db475361014a09965e7e5e4d4a25b8f8d4b8f16cb1d8a7e95eed50249cc1a2d5");
    }

    @Test
    void withoutSharedRandomValuesEverybodyTakesTheSameInTheirPlace() {
        assertThat(hex(DescriptorSchedule.disaster(new TimePeriod(1, DAY))))
                .isEqualToIgnoringCase("F8A4948707653837FA44ABB5BBC75A12F6F101E7F8FAF699B9715F4965D3507D");

        DescriptorSchedule schedule = DescriptorSchedule.of(
                Instant.parse("2016-04-13T01:00:00Z"), HOUR, DAY, Optional.empty(), Optional.empty());

        assertThat(schedule.ofOlder()).isEqualTo(DescriptorSchedule.disaster(schedule.older()));
        assertThat(schedule.ofNewer()).isEqualTo(DescriptorSchedule.disaster(schedule.newer()));
    }

    /** The examples of rend-spec-v3 2.2.4: a period begins at noon, a shared random value is made at midnight. */
    @ParameterizedTest
    @CsvSource({
        "2016-04-13T01:00:00Z, 16903, 16904, false",
        "2016-04-13T11:00:00Z, 16903, 16904, false",
        "2016-04-13T12:00:00Z, 16903, 16904, true",
        "2016-04-13T13:00:00Z, 16903, 16904, true",
        "2016-04-13T23:00:00Z, 16903, 16904, true",
        "2016-04-14T00:00:00Z, 16904, 16905, false",
    })
    void aValueAndThePeriodAfterItBelongTogether(Instant validAfter, long older, long newer, boolean newerIsCurrent) {
        DescriptorSchedule schedule = schedule(validAfter, HOUR, DAY);

        assertThat(schedule.older().number()).isEqualTo(older);
        assertThat(schedule.newer().number()).isEqualTo(newer);
        assertThat(schedule.newerIsCurrent()).isEqualTo(newerIsCurrent);
        assertThat(schedule.ofOlder()).isEqualTo(filled(1));
        assertThat(schedule.ofNewer()).isEqualTo(filled(2));
        assertThat(schedule.newerSince()).isEqualTo(schedule.olderSince().plus(Duration.ofDays(1)));
    }

    /** Whatever the consensuses of client and service are, as long as they are no more than half a period apart. */
    @Test
    void aClientFindsItsPeriodAmongThoseThatTheServicePublishesFor() {
        Duration interval = Duration.ofSeconds(20);
        int length = 8;
        Instant start = Instant.parse("2026-11-21T09:00:00Z");
        for (int i = 0; i < 72; i++) {
            DescriptorSchedule service = schedule(start.plusSeconds(20L * i), interval, length);
            for (int skew = -11; skew <= 11; skew++) {
                DescriptorSchedule client = schedule(start.plusSeconds(20L * (i + skew)), interval, length);
                assertThat(List.of(service.older(), service.newer()))
                        .as("service at vote " + i + ", client " + skew + " votes later")
                        .contains(client.newerIsCurrent() ? client.newer() : client.older());
            }
        }
    }

    @Test
    void eachReplicaHasItsOwnDirectories() {
        HashRing<Integer> ring = ring(10);

        assertThat(ring.following(List.of(at(35), at(38)), 3)).containsExactly(4, 5, 6, 7, 8, 9);
        assertThat(ring.following(List.of(at(40)), 1)).containsExactly(4);
    }

    @Test
    void theRingHasNoEnd() {
        assertThat(ring(10).following(List.of(at(85), at(200)), 3)).containsExactly(9, 0, 1, 2, 3, 4);
    }

    @Test
    void aSmallRingGivesWhatItHas() {
        assertThat(ring(2).following(List.of(at(5), at(15)), 4)).containsExactly(1, 0);
        assertThat(ring(0).following(List.of(at(5)), 4)).isEmpty();
    }

    private static HashRing<Integer> ring(int size) {
        List<HashRing.Place<Integer>> places = new ArrayList<>();
        IntStream.range(0, size).forEach(i -> places.add(new HashRing.Place<>(at(10 * i), i)));
        return new HashRing<>(places.reversed());
    }

    private static byte[] at(int place) {
        byte[] index = new byte[32];
        index[0] = (byte) place;
        return index;
    }

    private static DescriptorSchedule schedule(Instant validAfter, Duration interval, int length) {
        return DescriptorSchedule.of(validAfter, interval, length, value(1), value(2));
    }

    private static Optional<SharedRandomValue> value(int each) {
        return Optional.of(new SharedRandomValue(3, Sha256Digest.of(filled(each))));
    }

    private static byte[] filled(int each) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) each);
        return bytes;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
