package io.allium.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.allium.base.ProtocolViolation;
import io.allium.base.SystemEntropy;
import io.allium.cell.CellCodec;
import io.allium.cell.ChannelCell;
import io.allium.cell.Extensions;
import io.allium.cell.IntroducePlaintext;
import io.allium.cell.IntroductionLimits;
import io.allium.cell.ProofOfWorkExtension;
import io.allium.cell.RelayCell;
import io.allium.crypto.ProofOfWork;
import java.util.Arrays;

/** What a peer sends on a link, and what comes out of a recognised relay cell. */
class CellFuzzTest {
    /** The first byte is the command, the rest the body. */
    @FuzzTest
    void channelCell(byte[] input) {
        if (input.length > 0) {
            try {
                ChannelCell.decode(input[0] & 0xff, input, 1, input.length - 1);
            } catch (ProtocolViolation refused) {
                Refusals.check(refused);
            }
        }
    }

    /** What decodes is written again and decodes to the same. */
    @FuzzTest
    void relayCell(byte[] input) {
        byte[] body = Arrays.copyOf(input, CellCodec.BODY_BYTES);
        RelayCell cell;
        try {
            cell = RelayCell.decode(body, 0);
        } catch (ProtocolViolation refused) {
            Refusals.check(refused);
            return;
        }
        byte[] again = new byte[CellCodec.BODY_BYTES];
        cell.encode(again, 0, new SystemEntropy());
        try {
            if (!Arrays.equals(
                    RelayCell.decode(again, 0).message().data(), cell.message().data())) {
                throw new IllegalStateException("not the same when written again: " + cell);
            }
        } catch (ProtocolViolation lost) {
            throw new IllegalStateException("what we wrote ourselves is refused: " + cell, lost);
        }
    }

    @FuzzTest
    void extensions(byte[] input) {
        try {
            Extensions.decode(input);
        } catch (ProtocolViolation refused) {
            Refusals.check(refused);
        }
    }

    /** What a service finds in the encrypted section of an introduction, from clients that nobody knows. */
    @FuzzTest
    void introduction(byte[] input) {
        try {
            IntroducePlaintext read = IntroducePlaintext.decode(input);
            if (!IntroducePlaintext.decode(read.encode(0)).equals(read)) {
                throw new IllegalStateException("not the same when written again: " + read);
            }
        } catch (ProtocolViolation refused) {
            Refusals.check(refused);
        }
    }

    @FuzzTest
    void proofOfWork(byte[] input) {
        try {
            ProofOfWork read = ProofOfWorkExtension.decode(input);
            if (!ProofOfWorkExtension.decode(ProofOfWorkExtension.of(read).value())
                    .equals(read)) {
                throw new IllegalStateException("not the same when written again: " + read);
            }
        } catch (ProtocolViolation refused) {
            Refusals.check(refused);
        }
    }

    @FuzzTest
    void introductionLimits(byte[] input) {
        try {
            IntroductionLimits read = IntroductionLimits.decode(input);
            if (!IntroductionLimits.decode(read.extension().value()).equals(read)) {
                throw new IllegalStateException("not the same when written again: " + read);
            }
        } catch (ProtocolViolation refused) {
            Refusals.check(refused);
        }
    }

    /** Cuts a stream of bytes into cells as a link does. */
    @FuzzTest
    void cellStream(byte[] input) {
        for (int version : new int[] {3, 5}) {
            CellCodec codec = CellCodec.of(version);
            int at = 0;
            while (at < input.length) {
                int length = codec.cellBytes(input, at, input.length - at);
                if (length == 0 || length > input.length - at) {
                    break;
                }
                if (length > codec.longestBytes()) {
                    throw new IllegalStateException("a cell of " + length + " bytes");
                }
                codec.circuitId(input, at);
                codec.command(input, at);
                at += length;
            }
        }
    }
}
