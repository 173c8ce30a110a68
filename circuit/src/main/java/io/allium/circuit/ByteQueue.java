package io.allium.circuit;

import io.allium.channel.Backlog;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a stream on their way from one thread to another, copied in and out in bulk. It is made of small pieces, which
 * come and go with the bytes: one without bytes holds no memory. The {@link Backlog} counts the pieces. Guarded by its
 * owner's lock.
 */
public final class ByteQueue {
    /** Eight full DATA cells, about. A keystroke takes as much for the moment that it waits. */
    static final int PIECE_BYTES = 4096;

    /** What the Java heap needs for a piece beside its bytes. */
    static final int OVERHEAD_BYTES = 64;

    private static final class Piece {
        final byte[] bytes = new byte[PIECE_BYTES];
        final long since; // when its first byte came
        int from;
        int to;

        @Nullable
        Piece next;

        Piece(long since) {
            this.since = since;
        }
    }

    private final int limit;
    private final Backlog backlog;
    private @Nullable Piece first;
    private @Nullable Piece last;
    private int pieces;
    private int size;

    /** Holds at most {@code limit} bytes; its user's windows see to it that no more come. */
    public ByteQueue(int limit, Backlog backlog) {
        this.limit = limit;
        this.backlog = backlog;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /**
     * Adds bytes that came now, by {@link io.allium.base.Time#nanos}.
     *
     * @return false if none were added, because memory is full: the stream has to end
     */
    public boolean put(byte[] from, int offset, int length, long now) {
        if (length > limit - size) {
            throw new IllegalStateException("more than " + limit + " bytes are queued");
        }
        if (length > (last == null ? 0 : PIECE_BYTES - last.to) && !backlog.hasRoom()) {
            return false;
        }
        int done = 0;
        while (done < length) {
            Piece into = last != null && last.to < PIECE_BYTES ? last : append(now);
            int part = Math.min(length - done, PIECE_BYTES - into.to);
            System.arraycopy(from, offset + done, into.bytes, into.to, part);
            into.to += part;
            done += part;
        }
        size += length;
        return true;
    }

    /** Moves up to {@code length} bytes out; returns how many. */
    public int take(byte[] into, int offset, int length) {
        int taken = copy(into, offset, length);
        drop(taken);
        return taken;
    }

    /** A copy of the first bytes, of {@code most} at most; they stay. */
    public byte[] peek(int most) {
        byte[] copy = new byte[Math.min(most, size)];
        copy(copy, 0, copy.length);
        return copy;
    }

    /** Copies the first bytes, of {@code most} at most, to the beginning of {@code into}; they stay. Returns how many. */
    public int peek(byte[] into, int most) {
        return copy(into, 0, Math.min(most, into.length));
    }

    /** Forgets this many of the first bytes. */
    public void drop(int count) {
        int left = count;
        while (left > 0 && first != null) {
            int part = Math.min(left, first.to - first.from);
            first.from += part;
            left -= part;
            size -= part;
            if (first.from == first.to) {
                release(first);
            }
        }
    }

    /** Forgets everything. */
    public void clear() {
        backlog.removed(held());
        first = null;
        last = null;
        pieces = 0;
        size = 0;
    }

    /** How much memory it takes, in bytes. */
    public long held() {
        return (long) pieces * (PIECE_BYTES + OVERHEAD_BYTES);
    }

    /** When the piece came whose bytes are next, by {@link io.allium.base.Time#nanos}; only where there are some. */
    public long since() {
        if (first == null) {
            throw new IllegalStateException("nothing waits");
        }
        return first.since;
    }

    private int copy(byte[] into, int offset, int length) {
        int done = 0;
        for (Piece piece = first; piece != null && done < length; piece = piece.next) {
            int part = Math.min(length - done, piece.to - piece.from);
            System.arraycopy(piece.bytes, piece.from, into, offset + done, part);
            done += part;
        }
        return done;
    }

    private Piece append(long now) {
        Piece piece = new Piece(now);
        if (last == null) {
            first = piece;
        } else {
            last.next = piece;
        }
        last = piece;
        pieces++;
        backlog.added(PIECE_BYTES + OVERHEAD_BYTES);
        return piece;
    }

    private void release(Piece head) {
        first = head.next;
        if (first == null) {
            last = null;
        }
        pieces--;
        backlog.removed(PIECE_BYTES + OVERHEAD_BYTES);
    }
}
