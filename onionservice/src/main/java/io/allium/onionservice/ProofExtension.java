package io.allium.onionservice;

import io.allium.base.ProtocolViolation;
import io.allium.cell.Extensions;
import io.allium.cell.IntroducePlaintext;
import io.allium.cell.ProofOfWorkSolution;
import io.allium.crypto.EquixSolution;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.PuzzleNonce;
import java.nio.ByteBuffer;
import java.util.Optional;

/** How a proof of work travels in an introduction. */
final class ProofExtension {
    private ProofExtension() {}

    static Extensions.Extension of(ProofOfWork proof) {
        byte[] seedHead = ByteBuffer.allocate(ProofOfWorkSolution.SEED_HEAD_LENGTH)
                .putInt(proof.seedHead())
                .array();
        return new ProofOfWorkSolution(
                        proof.nonce().bytes(),
                        proof.effort(),
                        seedHead,
                        proof.solution().bytes())
                .extension();
    }

    /** The proof that a client shows, if it shows one. */
    static Optional<ProofOfWork> in(IntroducePlaintext invitation) throws ProtocolViolation {
        Optional<byte[]> found = invitation.extensions().find(IntroducePlaintext.PROOF_OF_WORK);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        ProofOfWorkSolution shown = ProofOfWorkSolution.decode(found.get());
        return Optional.of(new ProofOfWork(
                PuzzleNonce.of(shown.nonce()),
                shown.effort(),
                ByteBuffer.wrap(shown.seedHead()).getInt(),
                EquixSolution.of(shown.solution())));
    }
}
