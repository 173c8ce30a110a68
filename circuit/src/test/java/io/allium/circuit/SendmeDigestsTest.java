package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SendmeDigestsTest {
    private final SendmeDigests digests = new SendmeDigests();

    @Test
    void proofsAreTakenInTheOrderOfTheirCells() throws ProtocolViolation {
        digests.expect(digest(1, 20));
        digests.expect(digest(2, 20));
        digests.verify(digest(1, 20));
        digests.verify(digest(2, 20));
        assertThat(digests.size()).isZero();
    }

    @Test
    void theNextCellsProofDoesNotStandForThisOne() {
        digests.expect(digest(1, 20));
        digests.expect(digest(2, 20));
        assertThatThrownBy(() -> digests.verify(digest(2, 20))).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void longerDigestsCountByTheirFirstTwentyBytes() throws ProtocolViolation {
        digests.expect(digest(7, 32));
        digests.verify(digest(7, 25));
        assertThat(digests.size()).isZero();
    }

    @Test
    void aShortProofIsAViolation() {
        digests.expect(digest(1, 20));
        assertThatThrownBy(() -> digests.verify(digest(1, 19))).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void anUndueProofIsAViolationInEitherVersion() {
        assertThatThrownBy(() -> digests.verify(digest(1, 20)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("SENDME: nothing awaits an acknowledgement");
        assertThatThrownBy(digests::skip).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void noMoreAreAwaitedThanTheWidestWindowAllows() {
        for (int i = 0; i < SendmeDigests.MAX; i++) {
            digests.expect(digest(i, 20));
        }
        assertThatThrownBy(() -> digests.expect(digest(0, 20))).isInstanceOf(IllegalStateException.class);
    }

    private static byte[] digest(int value, int length) {
        byte[] digest = new byte[length];
        Arrays.fill(digest, (byte) value);
        return digest;
    }
}
