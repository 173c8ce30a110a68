package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.ProtocolViolation;
import io.allium.crypto.EquixSolution;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.PuzzleNonce;

/**
 * The extension of an introduction in which a client shows what work it did to be served early. Whether it did is not checked
 * here.
 *
 * @spec prop327 3.2
 */
public final class ProofOfWorkExtension {
    private static final int VERSION_EQUIX = 1;

    private ProofOfWorkExtension() {}

    /** An extension of {@link IntroducePlaintext} that shows this. */
    public static Extensions.Extension of(ProofOfWork proof) {
        byte[] value = new ByteWriter()
                .u8(VERSION_EQUIX)
                .put(proof.nonce().bytes())
                .u32(proof.effort())
                .u32(Integer.toUnsignedLong(proof.seedHead()))
                .put(proof.solution().bytes())
                .toBytes();
        return new Extensions.Extension(IntroducePlaintext.PROOF_OF_WORK, value);
    }

    /** Reads the value of the extension; versions that we do not know are refused, and what follows is ignored. */
    public static ProofOfWork decode(byte[] value) throws ProtocolViolation {
        try {
            ByteReader in = new ByteReader(value);
            int version = in.u8("POW_VERSION");
            if (version != VERSION_EQUIX) {
                throw new ProtocolViolation("version " + version + " is unknown");
            }
            PuzzleNonce nonce = PuzzleNonce.of(in.take(PuzzleNonce.LENGTH, "POW_NONCE"));
            long effort = in.u32("POW_EFFORT");
            int seedHead = (int) in.u32("POW_SEED");
            EquixSolution solution = EquixSolution.of(in.take(EquixSolution.LENGTH, "POW_SOLUTION"));
            return new ProofOfWork(nonce, effort, seedHead, solution);
        } catch (ProtocolViolation wrong) {
            throw wrong.in("proof of work");
        }
    }
}
