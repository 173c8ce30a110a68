package io.allium.netdoc;

/** Ports from {@code low} to {@code high}, both included. */
public record PortRange(int low, int high) {
    public PortRange {
        if (low < 0 || high > MAX_PORT || low > high) {
            throw new IllegalArgumentException("ports " + low + "-" + high);
        }
    }

    public boolean contains(int port) {
        return low <= port && port <= high;
    }

    public boolean contains(PortRange other) {
        return low <= other.low && other.high <= high;
    }

    public boolean touches(PortRange other) {
        return low <= other.high && other.low <= high;
    }

    /** {@code 80} or {@code 80-88}. */
    @Override
    public String toString() {
        return low == high ? Integer.toString(low) : low + "-" + high;
    }

    static final int MAX_PORT = 0xffff;
}
