package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.Endpoint;
import io.allium.base.ProtocolViolation;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One fact about the relay to extend to: an address or an identity.
 *
 * @spec tor-spec 5.1.2
 */
public sealed interface LinkSpecifier {
    int IPV4 = 0;
    int IPV6 = 1;
    int LEGACY_IDENTITY = 2;
    int ED25519_IDENTITY = 3;

    /** The LSTYPE byte. */
    int type();

    /** The LSPEC field. */
    byte[] value();

    /** Where to connect over IPv4. */
    record Ipv4(Endpoint endpoint) implements LinkSpecifier {
        public Ipv4 {
            if (endpoint.isIpv6()) {
                throw new IllegalArgumentException(endpoint + " is not IPv4");
            }
        }

        @Override
        public int type() {
            return IPV4;
        }

        @Override
        public byte[] value() {
            return encode(endpoint);
        }
    }

    /** Where to connect over IPv6. */
    record Ipv6(Endpoint endpoint) implements LinkSpecifier {
        public Ipv6 {
            if (!endpoint.isIpv6()) {
                throw new IllegalArgumentException(endpoint + " is not IPv6");
            }
        }

        @Override
        public int type() {
            return IPV6;
        }

        @Override
        public byte[] value() {
            return encode(endpoint);
        }
    }

    /** The SHA-1 of the RSA identity key. */
    record LegacyIdentity(Fingerprint fingerprint) implements LinkSpecifier {
        @Override
        public int type() {
            return LEGACY_IDENTITY;
        }

        @Override
        public byte[] value() {
            return fingerprint.bytes();
        }
    }

    /** The Ed25519 identity key. */
    record Ed25519(Ed25519Identity identity) implements LinkSpecifier {
        @Override
        public int type() {
            return ED25519_IDENTITY;
        }

        @Override
        public byte[] value() {
            return identity.bytes();
        }
    }

    /** One of a type that we do not know, kept as it came. */
    record Unknown(int type, byte[] value) implements LinkSpecifier {
        public Unknown {
            if (type < 0 || type > 0xff || value.length > 0xff) {
                throw new IllegalArgumentException("link specifier of type " + type + ", " + value.length + " bytes");
            }
            value = value.clone();
        }

        @Override
        public byte[] value() {
            return value.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Unknown that && type == that.type && Arrays.equals(value, that.value);
        }

        @Override
        public int hashCode() {
            return 31 * type + Arrays.hashCode(value);
        }
    }

    /** An address as a specifier of its family. */
    static LinkSpecifier of(Endpoint endpoint) {
        return endpoint.isIpv6() ? new Ipv6(endpoint) : new Ipv4(endpoint);
    }

    /** Reads NSPEC and the specifiers; their order is kept, and more than one identity of a kind is refused. */
    static List<LinkSpecifier> readList(ByteReader in) throws ProtocolViolation {
        int count = in.u8("NSPEC");
        List<LinkSpecifier> specifiers = new ArrayList<>(count);
        int legacyIdentities = 0;
        int ed25519Identities = 0;
        for (int i = 0; i < count; i++) {
            LinkSpecifier specifier = read(in);
            specifiers.add(specifier);
            legacyIdentities += specifier.type() == LEGACY_IDENTITY ? 1 : 0;
            ed25519Identities += specifier.type() == ED25519_IDENTITY ? 1 : 0;
        }
        if (legacyIdentities > 1 || ed25519Identities > 1) {
            throw new ProtocolViolation("link specifiers: two identities of one kind");
        }
        return specifiers;
    }

    /** Writes NSPEC and the specifiers in the order given. */
    static void writeList(List<LinkSpecifier> specifiers, ByteWriter out) {
        out.u8(specifiers.size());
        for (LinkSpecifier specifier : specifiers) {
            byte[] value = specifier.value();
            out.u8(specifier.type()).u8(value.length).put(value);
        }
    }

    private static LinkSpecifier read(ByteReader in) throws ProtocolViolation {
        int type = in.u8("LSTYPE");
        byte[] value = in.take(in.u8("LSLEN"), "LSPEC");
        return switch (type) {
            case IPV4 -> new Ipv4(endpoint(expect(value, 6, "IPv4 link specifier")));
            case IPV6 -> ipv6(expect(value, 18, "IPv6 link specifier"));
            case LEGACY_IDENTITY -> new LegacyIdentity(Fingerprint.of(expect(value, 20, "legacy identity")));
            case ED25519_IDENTITY -> new Ed25519(Ed25519Identity.of(expect(value, 32, "Ed25519 identity")));
            default -> new Unknown(type, value);
        };
    }

    /** An IPv4 address in the clothes of IPv6 is no address that one can connect to: kept, and not understood. */
    private static LinkSpecifier ipv6(byte[] value) throws ProtocolViolation {
        Endpoint endpoint = endpoint(value);
        return endpoint.isIpv6() ? new Ipv6(endpoint) : new Unknown(IPV6, value);
    }

    private static byte[] expect(byte[] value, int length, String what) throws ProtocolViolation {
        if (value.length != length) {
            throw new ProtocolViolation(what + ": " + value.length + " bytes instead of " + length);
        }
        return value;
    }

    private static Endpoint endpoint(byte[] value) throws ProtocolViolation {
        int length = value.length - 2;
        try {
            InetAddress address = InetAddress.getByAddress(Arrays.copyOf(value, length));
            return new Endpoint(address, (value[length] & 0xff) << 8 | (value[length + 1] & 0xff));
        } catch (UnknownHostException impossible) {
            throw new ProtocolViolation("link specifier: not an address", impossible);
        }
    }

    private static byte[] encode(Endpoint endpoint) {
        return new ByteWriter(18)
                .put(endpoint.address().getAddress())
                .u16(endpoint.port())
                .toBytes();
    }
}
