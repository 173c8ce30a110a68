package io.allium.channel;

import java.util.function.BooleanSupplier;

/** How much one link, or connection to a server, may read, or write, now. Safe from any thread. */
final class Meter {
    /** Of what is left in a bucket that many share, one link gets this part at once, as in C tor. */
    private static final int SHARES = 8;

    /** A share is at least so many bytes, four cells: less would be lost on headers. */
    private static final int SHARE_MIN = 2048;

    private final TokenBucket all;
    private final TokenBucket relayed;
    private final TokenBucket own;
    private final boolean exempt;
    private final BooleanSupplier isRelayed;

    /**
     * @param all what everybody shares
     * @param relayed what all traffic of others shares
     * @param own the link's alone
     * @param exempt whether only {@code own} counts
     * @param isRelayed whether the link's traffic is that of others now
     */
    Meter(TokenBucket all, TokenBucket relayed, TokenBucket own, boolean exempt, BooleanSupplier isRelayed) {
        this.all = all;
        this.relayed = relayed;
        this.own = own;
        this.exempt = exempt;
        this.isRelayed = isRelayed;
    }

    /** How many bytes may go now, of those wanted; 0 if it has to wait for a refill. */
    int allowance(int wanted) {
        long shared = exempt ? Long.MAX_VALUE : all.tokens();
        if (!exempt && isRelayed.getAsBoolean()) {
            shared = Math.min(shared, relayed.tokens());
        }
        long share = Math.min(shared, Math.max(shared / SHARES, SHARE_MIN));
        return (int) Math.max(0, Math.min(wanted, Math.min(share, own.tokens())));
    }

    /** So many bytes went. */
    void used(int bytes) {
        own.use(bytes);
        if (!exempt) {
            all.use(bytes);
            if (isRelayed.getAsBoolean()) {
                relayed.use(bytes);
            }
        }
    }
}
