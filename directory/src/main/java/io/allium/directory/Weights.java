package io.allium.directory;

import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterStatus;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * How much of its bandwidth a relay counts with in each position, as the consensus's {@code bandwidth-weights} say.
 * Immutable.
 *
 * @spec path-spec 2.2
 */
public final class Weights {
    /** Where in a path a relay is to stand. */
    public enum Position {
        GUARD,
        MIDDLE,
        EXIT,
        /** It answers a directory request. */
        DIRECTORY
    }

    private static final int CLASSES = 4; // neither, guard, exit, both

    /** A weight that is missing or malformed counts as this. */
    private static final int MISSING = 10_000;

    /** Keywords for a position by class, in the order of {@link #CLASSES}; 0 stands for no weight at all. */
    private static String[] keywords(Position position) {
        return switch (position) {
            case GUARD -> new String[] {"Wgm", "Wgg", "0", "Wgd"};
            case MIDDLE -> new String[] {"Wmm", "Wmg", "Wme", "Wmd"};
            case EXIT -> new String[] {"Wem", "Weg", "Wee", "Wed"};
            case DIRECTORY -> new String[] {"Wbm", "Wbg", "Wbe", "Wbd"};
        };
    }

    /** What the weight of a relay that is a directory too is multiplied by, for the other positions. */
    private static final String[] DIRECTORY_KEYWORDS = {"Wmb", "Wgb", "Web", "Wdb"};

    private final Map<Position, double[]> shares = new EnumMap<>(Position.class);
    private final double[] directoryShares;

    /** @param scale what stands for all of a relay's bandwidth, {@code bwweightscale} */
    Weights(Map<String, Integer> listed, int scale) {
        for (Position position : Position.values()) {
            shares.put(position, shares(listed, keywords(position), scale));
        }
        directoryShares = shares(listed, DIRECTORY_KEYWORDS, scale);
    }

    /** The relay's weight in this position, in kilobytes a second; 0 for one that is not to be chosen. */
    public double of(Relay relay, Position position) {
        int kind = relay.weightClass();
        double share = Objects.requireNonNull(shares.get(position))[kind];
        if (position != Position.DIRECTORY && relay.has(RouterFlag.V2_DIR)) {
            share *= directoryShares[kind];
        }
        return share * relay.bandwidth();
    }

    /** Which of the {@link #CLASSES} a relay with these flags is in. */
    static int classOf(RouterStatus status) {
        return (status.has(RouterFlag.GUARD) ? 1 : 0)
                + (status.has(RouterFlag.EXIT) && !status.has(RouterFlag.BAD_EXIT) ? 2 : 0);
    }

    private static double[] shares(Map<String, Integer> listed, String[] keywords, int scale) {
        double[] shares = new double[CLASSES];
        for (int kind = 0; kind < CLASSES; kind++) {
            shares[kind] = share(listed, keywords[kind], scale);
        }
        return shares;
    }

    private static double share(Map<String, Integer> listed, String keyword, int scale) {
        if (keyword.equals("0")) {
            return 0;
        }
        Integer value = listed.get(keyword);
        return (double) (value == null || value < 0 || value > scale ? MISSING : value) / scale;
    }
}
