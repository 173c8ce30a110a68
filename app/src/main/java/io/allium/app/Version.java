package io.allium.app;

/** What we say that we are: the release of C tor that we are compatible with, and our own. */
final class Version {
    /** The release of C tor whose protocols, options and answers these are. */
    static final String TOR = "0.4.9.11";

    static final String ALLIUM = "0.1.0";

    /** As tools parse it: a version of Tor, and behind it in brackets who we really are, without a blank. */
    static final String TEXT = TOR + " (Allium-" + ALLIUM + ")";

    private Version() {}
}
