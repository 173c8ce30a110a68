package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.ProtocolViolation;
import java.util.Arrays;

/**
 * The extension of an introduction in which a client shows what work it did to be served early. Whether it did is not checked
 * here.
 *
 * @param nonce {@value #NONCE_LENGTH} bytes that the client chose
 * @param effort how much work that was, 0 to 2^32 - 1
 * @param seedHead the first {@value #SEED_HEAD_LENGTH} bytes of the seed that it was done for
 * @param solution of Equi-X, {@value #SOLUTION_LENGTH} bytes
 * @spec prop327 3.2
 */
public record ProofOfWorkSolution(byte[] nonce, long effort, byte[] seedHead, byte[] solution) {
    /** In bytes. */
    public static final int NONCE_LENGTH = 16;

    /** In bytes. */
    public static final int SEED_HEAD_LENGTH = 4;

    /** In bytes. */
    public static final int SOLUTION_LENGTH = 16;

    private static final int VERSION_EQUIX = 1;
    private static final long EFFORT_MAX = 0xffffffffL;

    public ProofOfWorkSolution {
        if (nonce.length != NONCE_LENGTH
                || seedHead.length != SEED_HEAD_LENGTH
                || solution.length != SOLUTION_LENGTH
                || effort < 0
                || effort > EFFORT_MAX) {
            throw new IllegalArgumentException("a proof of work of the wrong lengths, or of effort " + effort);
        }
    }

    /** Itself as an extension of {@link IntroducePlaintext}. */
    public Extensions.Extension extension() {
        byte[] value = new ByteWriter()
                .u8(VERSION_EQUIX)
                .put(nonce)
                .u32(effort)
                .put(seedHead)
                .put(solution)
                .toBytes();
        return new Extensions.Extension(IntroducePlaintext.PROOF_OF_WORK, value);
    }

    /** Reads the value of the extension; versions that we do not know are refused, and what follows is ignored. */
    public static ProofOfWorkSolution decode(byte[] value) throws ProtocolViolation {
        try {
            ByteReader in = new ByteReader(value);
            int version = in.u8("POW_VERSION");
            if (version != VERSION_EQUIX) {
                throw new ProtocolViolation("version " + version + " is unknown");
            }
            byte[] nonce = in.take(NONCE_LENGTH, "POW_NONCE");
            long effort = in.u32("POW_EFFORT");
            byte[] seedHead = in.take(SEED_HEAD_LENGTH, "POW_SEED");
            return new ProofOfWorkSolution(nonce, effort, seedHead, in.take(SOLUTION_LENGTH, "POW_SOLUTION"));
        } catch (ProtocolViolation wrong) {
            throw wrong.in("proof of work");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProofOfWorkSolution that
                && effort == that.effort
                && Arrays.equals(nonce, that.nonce)
                && Arrays.equals(seedHead, that.seedHead)
                && Arrays.equals(solution, that.solution);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(solution);
    }

    @Override
    public String toString() {
        return "proof of work, effort " + effort;
    }
}
