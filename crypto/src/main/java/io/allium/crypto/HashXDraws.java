package io.allium.crypto;

/**
 * What a HashX program is drawn from: SipHash-1-3 of 0, 1, 2 … Octets and words have a store each, and whichever is empty takes the
 * next 64 bits. Confined to its generator.
 */
final class HashXDraws {
    private final SipKey key;
    private long counter;
    private long octets;
    private int octetsLeft;
    private long words;
    private int wordsLeft;

    HashXDraws(SipKey key) {
        this.key = key;
    }

    /** 0 to 255, from the upper end of the store. */
    int octet() {
        if (octetsLeft == 0) {
            octets = key.draw(counter++);
            octetsLeft = Long.BYTES;
        }
        return (int) (octets >>> Byte.SIZE * --octetsLeft) & 0xff;
    }

    /** 32 bits, from the upper end of the store. */
    int word() {
        if (wordsLeft == 0) {
            words = key.draw(counter++);
            wordsLeft = Long.BYTES / Integer.BYTES;
        }
        return (int) (words >>> Integer.SIZE * --wordsLeft);
    }
}
