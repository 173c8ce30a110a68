package io.allium.app;

/**
 * Something that the operators of a network should know. Immutable.
 *
 * @param kind what it is about
 * @param wrong whether it needs somebody; else it may well be so in a network that is well
 * @param text a sentence
 */
record Finding(Kind kind, boolean wrong, String text) {
    /** What a finding is about. */
    enum Kind {
        SILENCE,
        DOCUMENT,
        CLOCK,
        CERTIFICATE,
        CONSENSUS,
        SIGNATURE,
        VOTE,
        LISTING,
        FLAG,
        PARAMETER,
        VERSION,
        PROTOCOL
    }
}
