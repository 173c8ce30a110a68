package io.allium.channel;

import io.allium.base.Time;

/**
 * How many bytes the kernel may hold for a slow link. What lies there has its order for good, and a quiet circuit's cell
 * must wait behind it: so no more than a tenth of a second's worth, as the link was last seen to carry. A link that
 * carries more than a fixed buffer could is left to the kernel. Confined to whoever writes.
 */
final class UnsentLimit {
    /** A link is watched for so long before it is judged. */
    private static final long WATCH_NANOS = 1_000_000_000;

    /** Of a second: what the kernel may hold. It is the longest round trip at which such a buffer still fills the link. */
    private static final int PART_OF_SECOND = 10;

    /** The least: a few round trips' worth for the slowest links, and four full TLS records. */
    static final int MIN = 1 << 16;

    /** The most that Linux grants who asks, net.core.wmem_max, unless its administrator raised it. */
    static final int MAX = 212_992;

    /** It grants twice what was asked for, of which its own overhead takes a part. */
    private static final int KERNEL_DOUBLES = 2;

    private final Time time;
    private int limit;
    private long began;
    private long carried;
    private boolean watching;

    UnsentLimit(Time time) {
        this.time = time;
    }

    /** The network took so many bytes. */
    void carried(int bytes) {
        carried += bytes;
    }

    /** The network is full; returns the limit that should hold from now on, or 0 to leave it as it is. */
    int full() {
        long now = time.nanos();
        if (!watching) {
            watching = true;
            began = now;
            carried = 0;
            return 0;
        }
        long passed = now - began;
        if (passed < WATCH_NANOS) {
            return 0;
        }
        double wanted = carried * 1e9 / passed / PART_OF_SECOND;
        began = now;
        carried = 0;
        if (limit == 0 && wanted > KERNEL_DOUBLES * MAX) {
            return 0;
        }
        int next = (int) Math.clamp(wanted, MIN, MAX);
        boolean isOther = Math.abs(next - limit) > limit / 4;
        limit = isOther ? next : limit;
        return isOther ? next : 0;
    }
}
