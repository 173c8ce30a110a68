package io.allium.interop;

/** A network of C tor's authorities and client, with relays of both kinds. */
final class AmongBoth extends SharedNetwork {
    /** What onionbalance takes all networks of tests to have; the time periods of onion services follow from it. */
    private static final int VOTING_SECONDS = 20;

    /**
     * So many that few of the circuits that C tor makes fail: where there are fewer relays, it often has one extend back to where the
     * circuit comes from.
     */
    private static final int RELAYS = 7;

    AmongBoth() {
        super(new MixedNetwork.Size(3, RELAYS, VOTING_SECONDS), "relay[0-3]");
    }
}
