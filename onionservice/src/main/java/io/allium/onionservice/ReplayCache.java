package io.allium.onionservice;

import io.allium.crypto.Digests;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * What was seen before, so that nobody who recorded it has it answered twice. It keeps digests. Confined to its owner.
 *
 * @spec rend-spec-v3 3.3
 */
final class ReplayCache {
    private final int most;
    private final long lifetimeNanos;
    private final Set<Seen> seen = new HashSet<>(); // looked up, never iterated
    private final Deque<Entry> oldestFirst = new ArrayDeque<>();

    /** Part of a digest, as much as nobody can find two alike for. */
    private record Seen(long first, long second) implements Comparable<Seen> {
        /** Lets the set stay fast, whatever was sent. */
        @Override
        public int compareTo(Seen other) {
            return first != other.first ? Long.compare(first, other.first) : Long.compare(second, other.second);
        }
    }

    private record Entry(Seen what, long at) {}

    /**
     * A cache that forgets.
     *
     * @param most how many to remember; the oldest make room
     * @param lifetimeNanos for how long; 0 for ever
     */
    ReplayCache(int most, long lifetimeNanos) {
        this.most = most;
        this.lifetimeNanos = lifetimeNanos;
    }

    /** Remembers it; whether it was there already. */
    boolean isReplay(byte[] message, long now) {
        forget(now);
        byte[] digest = Digests.sha256(message);
        Seen what = new Seen(number(digest, 0), number(digest, Long.BYTES));
        if (!seen.add(what)) {
            return true;
        }
        oldestFirst.add(new Entry(what, now));
        return false;
    }

    int size() {
        return oldestFirst.size();
    }

    private void forget(long now) {
        while (!oldestFirst.isEmpty()
                && (oldestFirst.size() >= most
                        || lifetimeNanos > 0 && now - oldestFirst.getFirst().at > lifetimeNanos)) {
            seen.remove(oldestFirst.removeFirst().what);
        }
    }

    private static long number(byte[] bytes, int from) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | (bytes[from + i] & 0xff);
        }
        return value;
    }
}
