package io.allium.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeatsTest {
    private final Seats seats = new Seats(2);
    private final Guest first = new Guest();
    private final Guest second = new Guest();
    private final Guest third = new Guest();

    @Test
    void oneMoreTakesThePlaceOfWhoHasWaitedLongest() {
        assertThat(seats.take(first)).isEqualTo(Seats.Found.FREE);
        assertThat(seats.take(second)).isEqualTo(Seats.Found.FREE);
        assertThat(seats.take(third)).isEqualTo(Seats.Found.ANOTHERS);
        assertThat(first.sentAway).isTrue();
        assertThat(second.sentAway).isFalse();
        assertThat(seats.taken()).as("until it has gone").isEqualTo(3);
        seats.leave(first);
        assertThat(seats.taken()).isEqualTo(2);
    }

    @Test
    void whoIsAtWorkStays() {
        seats.take(first);
        seats.take(second);
        seats.works(first);
        assertThat(seats.take(third)).isEqualTo(Seats.Found.ANOTHERS);
        assertThat(second.sentAway).isTrue();
        seats.leave(second);
        seats.works(third);
        assertThat(seats.take(new Guest())).isEqualTo(Seats.Found.NONE);
        assertThat(seats.taken()).isEqualTo(2);
        assertThat(first.sentAway || third.sentAway).isFalse();
    }

    @Test
    void whoWaitsAgainBeginsAnew() {
        seats.take(first);
        seats.take(second);
        seats.works(first);
        seats.waits(first);
        assertThat(seats.take(third)).isEqualTo(Seats.Found.ANOTHERS);
        assertThat(second.sentAway).isTrue();
        assertThat(first.sentAway).isFalse();
    }

    @Test
    void aPlaceThatWasLeftIsFree() {
        seats.take(first);
        seats.take(second);
        seats.leave(first);
        assertThat(seats.take(third)).isEqualTo(Seats.Found.FREE);
        assertThat(second.sentAway).isFalse();
    }

    private static final class Guest implements ByteStream {
        private boolean sentAway;

        @Override
        public int read(byte[] into, int offset, int length) {
            return -1;
        }

        @Override
        public void write(byte[] from, int offset, int length) {}

        @Override
        public void finish() {}

        @Override
        public void close() {
            sentAway = true;
        }
    }
}
