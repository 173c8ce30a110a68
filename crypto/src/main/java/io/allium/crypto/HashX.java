package io.allium.crypto;

import org.bouncycastle.crypto.digests.Blake2bDigest;

/**
 * A function of HashX, of which each seed makes another: SipHash fills eight registers from the input, the seed's program stirs
 * them, and what is in them is folded into 64 bits. May be made anew from any number of seeds without taking memory. Confined to its
 * caller.
 *
 * <p>Inputs are no secrets: how long a hash takes depends on them.
 */
final class HashX {
    /** Tells this generator from other users of the same digest; padded to the 16 bytes of a salt. */
    private static final byte[] SALT = Bytes.ascii("HashX v1\0\0\0\0\0\0\0\0");

    private static final int DIGEST_LENGTH = 64;

    private final Blake2bDigest blake2b = new Blake2bDigest(null, DIGEST_LENGTH, SALT, null);
    private final byte[] digest = new byte[DIGEST_LENGTH];
    private final HashXGenerator generator = new HashXGenerator();
    private final HashXProgram program = new HashXProgram();
    private final long[] registers = new long[HashXProgram.REGISTERS];
    private SipKey key = new SipKey(0, 0, 0, 0);

    /**
     * Becomes the function of this seed, of any length.
     *
     * @return false if the seed has no function, as happens to about one in 10,000; then there is nothing to compute
     */
    boolean reseed(byte[] seed) {
        blake2b.update(seed, 0, seed.length);
        blake2b.doFinal(digest, 0);
        key = SipKey.of(digest, DIGEST_LENGTH / 2);
        return generator.generate(SipKey.of(digest, 0), program);
    }

    /** What the registers are filled with. */
    SipKey key() {
        return key;
    }

    /** What stirs them. */
    HashXProgram program() {
        return program;
    }

    /** By the interpreter. */
    long hash(long input) {
        key.expand(input, registers);
        program.run(registers);
        return fold(key, registers);
    }

    /** The same function in the JVM's code, whatever this one becomes. */
    HashXCompiled compile() {
        return new HashXCompiled(key, HashXCompiler.compile(program));
    }

    /** The last step: without it there would be more zeros at the end than chance has, since products have them. */
    static long fold(SipKey key, long[] r) {
        SipState lower = new SipState(r[0] + key.v0(), r[1] + key.v1(), r[2], r[3]);
        SipState upper = new SipState(r[4], r[5], r[6] + key.v2(), r[7] + key.v3());
        lower.stir(1);
        upper.stir(1);
        return lower.v0 ^ upper.v0;
    }
}
