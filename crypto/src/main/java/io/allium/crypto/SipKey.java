package io.allium.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * 256 bits that SipHash starts from. HashX takes them from a digest instead of mixing 128 bits of key with constants, and hashes
 * nothing but counters, for which it needs neither lengths nor padding.
 */
record SipKey(long v0, long v1, long v2, long v3) {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Tells apart what is hashed, as in the 128-bit output of SipHash's authors: their 0xee for its first half, 0xdd for its second. */
    static final long LONG_OUTPUT = 0xee;

    static final long SECOND_HALF = 0xdd;
    private static final long SHORT_OUTPUT = 0xff;

    /** The four little-endian words from {@code at} on. */
    static SipKey of(byte[] digest, int at) {
        return new SipKey(
                (long) WORD.get(digest, at), (long) WORD.get(digest, at + 8), (long) WORD.get(digest, at + 16), (long)
                        WORD.get(digest, at + 24));
    }

    /** SipHash-1-3 of the counter: 64 bits. */
    long draw(long counter) {
        SipState state = new SipState(v0, v1, v2, v3);
        state.v3 ^= counter;
        state.stir(1);
        state.v0 ^= counter;
        state.v2 ^= SHORT_OUTPUT;
        state.stir(3);
        return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
    }

    /** SipHash-2-4 of the counter, its whole state told twice: 512 bits. */
    void expand(long counter, long[] registers) {
        SipState state = new SipState(v0, v1, v2, v3);
        state.v1 ^= LONG_OUTPUT;
        state.v3 ^= counter;
        state.stir(2);
        state.v0 ^= counter;
        state.v2 ^= LONG_OUTPUT;
        state.stir(4);
        copy(state, registers, 0);
        state.v1 ^= SECOND_HALF;
        state.stir(4);
        copy(state, registers, 4);
    }

    private static void copy(SipState state, long[] registers, int at) {
        registers[at] = state.v0;
        registers[at + 1] = state.v1;
        registers[at + 2] = state.v2;
        registers[at + 3] = state.v3;
    }
}
