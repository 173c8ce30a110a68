package io.allium.relay;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much clients have sent that their servers have not taken yet. The windows of streams bound it for each stream; with
 * many streams to servers that never read, that would be a quarter of a gigabyte for each circuit. Safe from any thread:
 * atomic counts.
 */
final class Undelivered {
    /** Of one circuit: what 64 uploads with full windows hold. */
    static final long CIRCUIT_MAX = 16 << 20;

    /** Of a circuit, when there is too much of all: what one upload with a full window holds. */
    static final long CIRCUIT_SHARE = 256 << 10;

    /** Of the heap, for all circuits together; beyond, circuits with more than their share end. */
    private static final int PART_OF_HEAP = 8;

    /** What an array and its place in a queue take beside its bytes. */
    private static final int ARRAY_BYTES = 32;

    private final AtomicLong all = new AtomicLong();
    private final long max;

    Undelivered(long max) {
        this.max = max;
    }

    /** Bounded as the heap of this process allows. */
    static Undelivered ofHeap() {
        return new Undelivered(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
    }

    /** The account of a new circuit. */
    OfCircuit ofCircuit() {
        return new OfCircuit();
    }

    /** How much waits, in bytes. */
    long size() {
        return all.get();
    }

    /** One circuit's account. */
    final class OfCircuit {
        private final AtomicLong held = new AtomicLong();

        /** Counts data that wait; false where that is too much, and the circuit has to end. */
        boolean add(byte[] data) {
            int bytes = data.length + ARRAY_BYTES;
            long ours = held.addAndGet(bytes);
            return all.addAndGet(bytes) <= max ? ours <= CIRCUIT_MAX : ours <= CIRCUIT_SHARE;
        }

        /** Counts this much instead of what was counted so far; false where that is too much. */
        boolean set(long bytes) {
            long change = bytes - held.getAndSet(bytes);
            return all.addAndGet(change) <= max ? bytes <= CIRCUIT_MAX : bytes <= CIRCUIT_SHARE;
        }

        /** Counts data that are gone, delivered or not. */
        void remove(byte[] data) {
            int bytes = data.length + ARRAY_BYTES;
            held.addAndGet(-bytes);
            all.addAndGet(-bytes);
        }
    }
}
