package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.ProtocolViolation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What travels inside an ntor-v3 handshake or a message of onion services beside what everybody knows: each a type, which means
 * something else in each place, and some bytes. In the order in which they came, or sorted by type when they are ours.
 *
 * @spec tor-spec 5.1.4.1; rend-spec-v3 3.1.1
 */
public record Extensions(List<Extension> list) {
    /** In ntor-v3: the client asks for congestion control; empty. */
    public static final int CC_REQUEST = 1;

    /** In ntor-v3: the relay grants congestion control; one byte, the SENDME increment. */
    public static final int CC_RESPONSE = 2;

    /** In ntor-v3: the client asks for subprotocol capabilities; pairs of bytes. */
    public static final int SUBPROTOCOL_REQUEST = 3;

    public static final Extensions NONE = new Extensions(List.of());

    public Extensions {
        if (list.size() > 0xff) {
            throw new IllegalArgumentException(list.size() + " extensions do not fit");
        }
        list = List.copyOf(list);
    }

    /** One extension; {@code value} has at most 255 bytes. */
    public record Extension(int type, byte[] value) {
        public Extension {
            if (type < 0 || type > 0xff || value.length > 0xff) {
                throw new IllegalArgumentException("extension of type " + type + ", " + value.length + " bytes");
            }
            value = value.clone();
        }

        @Override
        public byte[] value() {
            return value.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Extension that && type == that.type && Arrays.equals(value, that.value);
        }

        @Override
        public int hashCode() {
            return 31 * type + Arrays.hashCode(value);
        }
    }

    /** These, sorted by type as a sender must have them. */
    public static Extensions of(Extension... extensions) {
        List<Extension> sorted = new ArrayList<>(List.of(extensions));
        sorted.sort(Comparator.comparingInt(Extension::type));
        return new Extensions(sorted);
    }

    /** Reads a whole message of extensions. No bytes at all are no extensions; bytes left over are refused. */
    public static Extensions decode(byte[] bytes) throws ProtocolViolation {
        if (bytes.length == 0) {
            return NONE;
        }
        ByteReader in = new ByteReader(bytes);
        Extensions read = read(in);
        in.expectEnd("extensions");
        return read;
    }

    /** Reads extensions and no further. */
    static Extensions read(ByteReader in) throws ProtocolViolation {
        int count = in.u8("N_EXTENSIONS");
        List<Extension> read = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int type = in.u8("EXT_FIELD_TYPE");
            read.add(new Extension(type, in.take(in.u8("EXT_FIELD_LEN"), "EXT_FIELD")));
        }
        return new Extensions(read);
    }

    public byte[] encode() {
        ByteWriter out = new ByteWriter().u8(list.size());
        for (Extension extension : list) {
            out.u8(extension.type()).u8(extension.value.length).put(extension.value);
        }
        return out.toBytes();
    }

    /** The value of the first extension of this type. */
    public Optional<byte[]> find(int type) {
        return list.stream()
                .filter(extension -> extension.type() == type)
                .map(Extension::value)
                .findFirst();
    }
}
