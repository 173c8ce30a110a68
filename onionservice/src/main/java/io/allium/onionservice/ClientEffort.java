package io.allium.onionservice;

/**
 * How much a client works for an introduction.
 *
 * @spec hspow-spec common-protocol (client behavior)
 */
final class ClientEffort {
    /** As much as a client ever works, about a minute: C tor's CLIENT_MAX_POW_EFFORT. */
    static final long EFFORT_MAX = 10_000;

    /** With how much it begins where the service suggests nothing but does not answer. */
    private static final long RETRY_MIN = 8;

    /** Below this another try takes twice as much work, above it half as much again. */
    private static final long DOUBLED_BELOW = 1000;

    private ClientEffort() {}

    /**
     * The effort to begin or try again with. Where it is 0, there is nothing to solve.
     *
     * @param suggested by the descriptor
     * @param failures how often this introduction point has led nowhere
     */
    static long of(long suggested, int failures) {
        long effort = Math.min(suggested, EFFORT_MAX);
        for (int i = 0; i < failures && effort < EFFORT_MAX; i++) {
            long more = effort < DOUBLED_BELOW ? effort * 2 : effort + effort / 2;
            effort = Math.min(Math.max(more, RETRY_MIN), EFFORT_MAX);
        }
        return effort;
    }
}
