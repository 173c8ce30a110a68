package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Refused;
import io.allium.base.Unreachable;
import io.allium.testing.ManualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrackedStreamTest {
    private final ManualTime time = new ManualTime();
    private final TrackedStream stream = new TrackedStream(
            3,
            false,
            false,
            new Destination("a.example", 80),
            StreamEvents.Asked.byUs("", StreamEvents.Purpose.USER),
            2);

    @Test
    void withoutAControllerItGoesAnywhere() throws Exception {
        assertThat(stream.next(time, time.nanos())).isInstanceOf(TrackedStream.Placement.Anywhere.class);
        assertThat(stream.detach()).isFalse();
    }

    @Test
    void itIsNotPlacedForEver() {
        stream.awaitsController();

        assertThat(stream.isAwaitingController()).isTrue();
        assertThatThrownBy(() -> stream.next(time, time.nanos())).isInstanceOf(Unreachable.class);
    }

    @Test
    void aPlaceCountsForOneAttempt() throws Exception {
        TrackedStream.Placement place = new TrackedStream.Placement.Anywhere();
        stream.awaitsController();
        stream.place(place);
        assertThat(stream.isUnplaced()).isFalse();

        assertThat(stream.next(time, time.nanos())).isSameAs(place);
        assertThat(stream.isUnplaced()).isTrue();
        assertThat(stream.isAwaitingController()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "1, GENERAL, MISC",
        "2, RESOLVE_FAILED, RESOLVEFAILED",
        "3, CONNECTION_REFUSED, CONNECTREFUSED",
        "200, GENERAL, UNKNOWN_200",
    })
    void whoeverClosesItSaysWhy(int reason, Refused.Kind kind, String word) {
        stream.awaitsController();
        stream.close(reason);

        assertThat(stream.closedFor()).contains(word);
        assertThatThrownBy(() -> stream.next(time, time.nanos()))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    @Test
    void itGoesWhereItIsRedirected() {
        stream.redirect(new Destination("2001:db8::1", 81));

        assertThat(stream.status().target()).isEqualTo("[2001:db8::1]:81");
        assertThat(CircuitText.stream(stream.event(StreamEvents.State.REMAP, 7, "EXIT", "")))
                .isEqualTo("3 REMAP 7 [2001:db8::1]:81 SOURCE=EXIT CLIENT_PROTOCOL=UNKNOWN NYM_EPOCH=2"
                        + " SESSION_GROUP=-3"
                        + " ISO_FIELDS=SOCKS_USERNAME,SOCKS_PASSWORD,CLIENTADDR,SESSION_GROUP,NYM_EPOCH");
    }
}
