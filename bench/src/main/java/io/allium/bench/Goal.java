package io.allium.bench;

import java.util.Locale;

/** What a figure of ours has to reach, most often as a ratio to C tor's. */
sealed interface Goal {
    boolean isReached(double cTor, double allium);

    String text();

    /** At most so many times C tor's figure. */
    record AtMostTimes(double factor) implements Goal {
        @Override
        public boolean isReached(double cTor, double allium) {
            return allium <= factor * cTor;
        }

        @Override
        public String text() {
            return "at most " + ratio(factor);
        }
    }

    /** At least so many times C tor's figure. */
    record AtLeastTimes(double factor) implements Goal {
        @Override
        public boolean isReached(double cTor, double allium) {
            return allium >= factor * cTor;
        }

        @Override
        public String text() {
            return "at least " + ratio(factor);
        }
    }

    /** At most C tor's figure and so much more. */
    record AtMostMore(double allowance) implements Goal {
        @Override
        public boolean isReached(double cTor, double allium) {
            return allium <= cTor + allowance;
        }

        @Override
        public String text() {
            return String.format(Locale.ROOT, "at most %.3g more", allowance);
        }
    }

    /** At most so much, whatever C tor does. */
    record AtMost(double limit) implements Goal {
        @Override
        public boolean isReached(double cTor, double allium) {
            return allium <= limit;
        }

        @Override
        public String text() {
            return String.format(Locale.ROOT, "at most %.3g", limit);
        }
    }

    /** Measured for its own sake. */
    record None() implements Goal {
        @Override
        public boolean isReached(double cTor, double allium) {
            return true;
        }

        @Override
        public String text() {
            return "";
        }
    }

    private static String ratio(double factor) {
        return String.format(Locale.ROOT, "× %.2f", factor);
    }
}
