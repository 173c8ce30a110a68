package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Time;
import java.time.Duration;

/**
 * When a service visits itself: soon after its descriptor was stored first, some minutes after something has changed, and every
 * few hours. Each time lies by chance in a wide interval, so that who sees an upload and then a client cannot tell that both are
 * the same. Confined to the task of the service.
 */
final class SelfTestSchedule {
    /** An interval, from which a delay is drawn. */
    record Delay(Duration least, Duration most) {
        private long draw(Entropy entropy) {
            return least.toNanos() + entropy.below(most.minus(least).toNanos());
        }
    }

    /** While it is not known whether the service can be reached: its operator waits for that. */
    static final Delay FIRST = new Delay(Duration.ofSeconds(1), Duration.ofSeconds(5));

    /** After a change, such as of an introduction point, which is seldom more often than some times a day. */
    static final Delay CHANGED = new Delay(Duration.ofMinutes(2), Duration.ofMinutes(10));

    /** Where nothing changes. */
    static final Delay AGAIN = new Delay(Duration.ofHours(3), Duration.ofHours(6));

    /** After a failure, which may have been an accident of the way there. */
    static final Delay RETRY = new Delay(Duration.ofSeconds(20), Duration.ofSeconds(60));

    /** When retries have failed too. */
    static final Delay GIVEN_UP = new Delay(Duration.ofMinutes(30), Duration.ofMinutes(60));

    /** Failures in a row after which it is not to be called an accident. */
    static final int TRIES = 3;

    /** Between the ends of one visit and the beginning of the next, whatever happens: a service that flaps does not storm the network. */
    static final Duration GAP = Duration.ofSeconds(20);

    private final Time time;
    private final Entropy entropy;
    private Object content = "";
    private boolean isKnown; // whether the last visit succeeded
    private int failures;
    private long due;
    private long notBefore;

    SelfTestSchedule(Time time, Entropy entropy) {
        this.time = time;
        this.entropy = entropy;
        this.notBefore = time.nanos();
        this.due = notBefore + AGAIN.most().toNanos();
    }

    /** Whether to begin a visit now, when this is what clients find. */
    boolean isDue(Object contentNow) {
        if (!content.equals(contentNow)) {
            content = contentNow;
            long soon = in(isKnown || failures >= TRIES ? CHANGED : FIRST);
            due = due - soon < 0 ? due : soon; // what changes all the time does not put it off
        }
        return time.nanos() - due >= 0 && time.nanos() - notBefore >= 0;
    }

    /** What was known holds no longer: the service has lost what clients came by. */
    void forget() {
        isKnown = false;
        failures = 0;
        content = "";
        due = time.nanos() + AGAIN.most().toNanos();
    }

    void succeeded() {
        isKnown = true;
        failures = 0;
        ended(AGAIN);
    }

    /** Returns how often in a row it has failed. */
    int failed() {
        isKnown = false;
        failures++;
        ended(failures < TRIES ? RETRY : GIVEN_UP);
        return failures;
    }

    private void ended(Delay next) {
        notBefore = time.nanos() + GAP.toNanos();
        due = in(next);
    }

    private long in(Delay delay) {
        return time.nanos() + delay.draw(entropy);
    }
}
