package io.allium.crypto;

/** A HashX function as code of the JVM. Confined to its caller. */
final class HashXCompiled {
    private final SipKey key;
    private final HashXBody body;
    private final long[] registers = new long[HashXProgram.REGISTERS];

    HashXCompiled(SipKey key, HashXBody body) {
        this.key = key;
        this.body = body;
    }

    long hash(long input) {
        key.expand(input, registers);
        body.run(registers);
        return HashX.fold(key, registers);
    }

    /** The hash of each position. */
    void hashAll(long[] hashes) {
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = hash(i);
        }
    }
}
