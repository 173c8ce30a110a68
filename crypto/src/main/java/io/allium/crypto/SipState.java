package io.allium.crypto;

/** The four words that SipHash stirs. Confined to the call. */
final class SipState {
    long v0;
    long v1;
    long v2;
    long v3;

    SipState(long v0, long v1, long v2, long v3) {
        this.v0 = v0;
        this.v1 = v1;
        this.v2 = v2;
        this.v3 = v3;
    }

    /** So many SipRounds of the paper. */
    void stir(int rounds) {
        for (int i = 0; i < rounds; i++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
