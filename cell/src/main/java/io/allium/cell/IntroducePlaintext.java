package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.ProtocolViolation;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.ProofOfWork;
import java.util.List;
import java.util.Optional;

/**
 * What a client tells the service in the encrypted section of its introduction: where to meet.
 *
 * @param cookie for RENDEZVOUS1
 * @param extensions for the service, of the types here
 * @param onionKey the rendezvous point's ntor key
 * @param specifiers of the rendezvous point, to be sent in EXTEND2 as they are
 * @spec rend-spec-v3 3.3
 */
public record IntroducePlaintext(
        RendezvousCookie cookie, Extensions extensions, Curve25519Key onionKey, List<LinkSpecifier> specifiers) {
    /** The type of an extension: the client asks for congestion control. Empty. */
    public static final int CONGESTION_CONTROL = 1;

    /** The type of an extension: a {@link ProofOfWorkExtension}. */
    public static final int PROOF_OF_WORK = 2;

    private static final int ONION_KEY_NTOR = 1;

    /** How long C tor makes header and plaintext together, at the least. */
    private static final int HEADER_AND_PLAINTEXT_MIN = 246;

    public IntroducePlaintext {
        specifiers = List.copyOf(specifiers);
    }

    /** What work the client shows, if it shows any; whether it is right is not checked here. */
    public Optional<ProofOfWork> proofOfWork() throws ProtocolViolation {
        Optional<byte[]> shown = extensions.find(PROOF_OF_WORK);
        return shown.isPresent() ? Optional.of(ProofOfWorkExtension.decode(shown.get())) : Optional.empty();
    }

    /** Whether the client asks for congestion control. */
    public boolean wantsCongestionControl() {
        return extensions.find(CONGESTION_CONTROL).isPresent();
    }

    /**
     * The message, padded with zeros as much as C tor pads it.
     *
     * @param headerLength of all in INTRODUCE1 before the encrypted section
     */
    public byte[] encode(int headerLength) {
        ByteWriter out = new ByteWriter(RelayCell.DATA_MAX)
                .put(cookie.bytes())
                .put(extensions.encode())
                .u8(ONION_KEY_NTOR)
                .u16(Curve25519Key.LENGTH)
                .put(onionKey.bytes());
        LinkSpecifier.writeList(specifiers, out);
        return out.zeros(Math.max(0, HEADER_AND_PLAINTEXT_MIN - headerLength - out.length()))
                .toBytes();
    }

    /** Reads the message; what follows it is padding. */
    public static IntroducePlaintext decode(byte[] plaintext) throws ProtocolViolation {
        try {
            ByteReader in = new ByteReader(plaintext);
            return new IntroducePlaintext(
                    RendezvousCookie.decode(in), Extensions.read(in), onionKey(in), LinkSpecifier.readList(in));
        } catch (ProtocolViolation wrong) {
            throw wrong.in("introduction");
        }
    }

    private static Curve25519Key onionKey(ByteReader in) throws ProtocolViolation {
        int type = in.u8("ONION_KEY_TYPE");
        int length = in.u16("ONION_KEY_LEN");
        if (type != ONION_KEY_NTOR || length != Curve25519Key.LENGTH) {
            throw new ProtocolViolation("onion key of type " + type + ", " + length + " bytes");
        }
        return Curve25519Key.of(in.take(length, "ONION_KEY"));
    }
}
