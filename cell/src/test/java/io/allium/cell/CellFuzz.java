package io.allium.cell;

import io.allium.base.ProtocolViolation;
import io.allium.crypto.ProofOfWork;
import java.util.Arrays;

/**
 * The parsers of this module as a fuzzer wants them: any bytes in, nothing unchecked out, and what was read reads the
 * same once it was written again.
 */
final class CellFuzz {
    private CellFuzz() {}

    /** A command and a body. */
    static void channelCell(byte[] input) {
        if (input.length == 0) {
            return;
        }
        try {
            ChannelCell cell = ChannelCell.decode(input[0] & 0xff, input, 1, input.length - 1);
            byte[] body = cell.body();
            ChannelCell again = ChannelCell.decode(cell.command(), body, 0, body.length);
            if (!Arrays.equals(body, again.body())) {
                throw new AssertionError(cell + " became " + again);
            }
        } catch (ProtocolViolation refused) {
            // As it should be.
        }
    }

    /** A plaintext relay body; cut or filled up to 509 bytes. */
    static void relayCell(byte[] input) {
        try {
            RelayCell cell = RelayCell.decode(Arrays.copyOf(input, CellCodec.BODY_BYTES), 0);
            byte[] data = cell.message().data();
            if (data.length <= RelayCell.DATA_MAX) {
                RelayMessage again = RelayMessage.decode(cell.message().command(), data);
                if (!Arrays.equals(data, again.data())) {
                    throw new AssertionError(cell + " became " + again);
                }
            }
        } catch (ProtocolViolation refused) {
            // As it should be.
        }
    }

    /** The plaintext of ntor-v3's extensions. */
    static void extensions(byte[] input) {
        try {
            Extensions read = Extensions.decode(input);
            if (input.length > 0 && !Arrays.equals(input, read.encode())) {
                throw new AssertionError(read + " is written differently");
            }
        } catch (ProtocolViolation refused) {
            // As it should be.
        }
    }

    /** What a client says in the encrypted section of its introduction, and what extensions of these messages hold. */
    static void introduction(byte[] input) {
        try {
            IntroducePlaintext read = IntroducePlaintext.decode(input);
            if (!IntroducePlaintext.decode(read.encode(0)).equals(read)) {
                throw new AssertionError(read + " is written differently");
            }
        } catch (ProtocolViolation refused) {
            // As it should be.
        }
        try {
            ProofOfWork read = ProofOfWorkExtension.decode(input);
            if (!ProofOfWorkExtension.decode(ProofOfWorkExtension.of(read).value())
                    .equals(read)) {
                throw new AssertionError(read + " is written differently");
            }
        } catch (ProtocolViolation refused) {
            // As it should be.
        }
        try {
            IntroductionLimits read = IntroductionLimits.decode(input);
            if (!IntroductionLimits.decode(read.extension().value()).equals(read)) {
                throw new AssertionError(read + " is written differently");
            }
        } catch (ProtocolViolation refused) {
            // As it should be.
        }
    }

    /** A stretch of bytes on a link: framing only. */
    static void framing(byte[] input) {
        for (int version = 3; version <= 5; version++) {
            CellCodec codec = CellCodec.of(version);
            int length = codec.cellBytes(input, 0, input.length);
            if (length != 0 && length < codec.headerBytes()) {
                throw new AssertionError("a cell of " + length + " bytes");
            }
        }
    }
}
