package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.OnionAddress;
import io.allium.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientEffortTest {
    private final ManualTime time = new ManualTime();
    private final ClientEffort efforts = new ClientEffort(time);

    @Test
    void aClientBeginsWithWhatIsSuggestedAndAtMostWithItsOwnLimit() {
        assertThat(bid(0)).isZero();
        assertThat(bid(77)).isEqualTo(77);
        assertThat(bid(10_001)).isEqualTo(10_000);
        assertThat(bid(0xffff_ffffL)).isEqualTo(10_000);
    }

    @Test
    void whoeverIsNotMetShowsMoreEachTime() {
        assertThat(steps(0, 9)).containsExactly(0L, 8L, 16L, 32L, 64L, 128L, 256L, 512L, 1024L);
        assertThat(steps(3, 3)).containsExactly(3L, 8L, 16L);
        assertThat(steps(999, 3)).containsExactly(999L, 1998L, 2997L);
        assertThat(steps(1001, 2)).containsExactly(1001L, 1501L);
        assertThat(steps(9999, 4)).containsExactly(9999L, 10_000L, 10_000L, 10_000L);
    }

    /** However many there are: it was a crowd of thirty that brought each other to the most there is. */
    @Test
    void streamsThatFailAtTheSameTimeTakeOneStepTogether() {
        List<ClientEffort.Bid> shown = bids(30, 0);
        shown.forEach(efforts::wasNotEnough);
        assertThat(bid(0)).isEqualTo(8);

        List<ClientEffort.Bid> more = bids(30, 0);
        shown.forEach(efforts::wasNotEnough); // some that had shown nothing learn it late
        more.forEach(efforts::wasNotEnough);
        assertThat(bid(0)).isEqualTo(16);
    }

    @Test
    void whatOneStreamLearnedOthersBeginWithAndStragglersDoNotUndo() {
        ClientEffort.Bid idle = efforts.bid(service(1), 0);
        efforts.wasNotEnough(idle);
        efforts.wasNotEnough(efforts.bid(service(1), 0));
        efforts.wasNotEnough(idle);

        assertThat(bid(0)).isEqualTo(16);
    }

    @Test
    void eachServiceHasItsOwn() {
        efforts.wasNotEnough(efforts.bid(service(1), 500));

        assertThat(efforts.bid(service(2), 500).effort()).isEqualTo(500);
    }

    /** As the specification has it: what is suggested now is tried first. */
    @Test
    void withAnotherSuggestionItBeginsAnew() {
        efforts.wasNotEnough(efforts.bid(service(1), 100));
        assertThat(bid(100)).isEqualTo(200);

        assertThat(bid(120)).isEqualTo(120);
        efforts.wasNotEnough(new ClientEffort.Bid(service(1), 100, 200)); // begun before
        assertThat(bid(120)).isEqualTo(120);
    }

    @Test
    void aServiceThatSuggestsNothingAnyMoreIsShownNothing() {
        steps(5000, 4);

        assertThat(bid(0)).isZero();
    }

    @Test
    void aFailureIsForgottenAfterAWhileAndAnotherOfAsMuchRenewsIt() {
        ClientEffort.Bid idle = efforts.bid(service(1), 0);
        efforts.wasNotEnough(idle);
        time.pass(ClientEffort.REMEMBERED);
        assertThat(bid(0)).isEqualTo(8);
        efforts.wasNotEnough(idle);
        time.pass(ClientEffort.REMEMBERED);
        assertThat(bid(0)).isEqualTo(8);

        time.pass(Duration.ofNanos(1));
        assertThat(bid(0)).isZero();
    }

    @Test
    void aNewIdentityKnowsNothing() {
        efforts.wasNotEnough(efforts.bid(service(1), 0));
        efforts.forgetAll();

        assertThat(bid(0)).isZero();
    }

    @Test
    void theServicesThatFailedLongestAgoMakeRoom() {
        for (int i = 0; i <= ClientEffort.SERVICES_MAX; i++) {
            efforts.wasNotEnough(efforts.bid(service(i), 0));
        }

        assertThat(efforts.bid(service(0), 0).effort()).isZero();
        assertThat(efforts.bid(service(1), 0).effort()).isEqualTo(8);
    }

    private long bid(long suggested) {
        return efforts.bid(service(1), suggested).effort();
    }

    private List<ClientEffort.Bid> bids(int count, long suggested) {
        List<ClientEffort.Bid> bids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bids.add(efforts.bid(service(1), suggested));
        }
        return bids;
    }

    /** What one that fails each time shows, one after the other. */
    private List<Long> steps(long suggested, int count) {
        List<Long> shown = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ClientEffort.Bid bid = efforts.bid(service(1), suggested);
            shown.add(bid.effort());
            efforts.wasNotEnough(bid);
        }
        return shown;
    }

    private static OnionAddress service(int number) {
        byte[] key = new byte[32];
        key[0] = (byte) number;
        key[1] = (byte) (number >>> 8);
        return new OnionAddress(Ed25519Identity.of(key));
    }
}
