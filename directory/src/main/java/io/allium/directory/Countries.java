package io.allium.directory;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Which country each address of one family is in, as a file of C tor's format says: ranges of addresses, ascending. Kept as
 * rows of bytes, since there are hundreds of thousands. Immutable.
 *
 * @spec control-spec 3.9
 */
final class Countries {
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final int CODE_BYTES = 2;
    private static final int FIELDS = 3;

    private final int addressBytes;
    private final byte[] rows;

    private Countries(int addressBytes, byte[] rows) {
        this.addressBytes = addressBytes;
        this.rows = rows;
    }

    /** Reads lines such as {@code 16777216,16777471,AU}, the addresses written as numbers. */
    static Countries ofIpv4(byte[] file) throws Untrusted {
        return read(file, IPV4_BYTES, Countries::number);
    }

    /** Reads lines such as {@code 2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,JP}. */
    static Countries ofIpv6(byte[] file) throws Untrusted {
        return read(file, IPV6_BYTES, Countries::address);
    }

    private interface AddressReader {
        byte[] read(String text) throws Untrusted;
    }

    private static Countries read(byte[] file, int addressBytes, AddressReader reader) throws Untrusted {
        ByteArrayOutputStream rows = new ByteArrayOutputStream(file.length / 2);
        byte[] last = new byte[addressBytes];
        int number = 0;
        for (String line : new String(file, StandardCharsets.ISO_8859_1).split("\r?\n")) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] fields = line.strip().split(",");
            if (fields.length != FIELDS || fields[2].length() != CODE_BYTES) {
                throw new Untrusted("line " + number + " is not two addresses and a country of two letters");
            }
            byte[] low = reader.read(fields[0]);
            byte[] high = reader.read(fields[1]);
            boolean ascending = Arrays.compareUnsigned(low, last) > 0 || rows.size() == 0;
            if (!ascending || Arrays.compareUnsigned(low, high) > 0) {
                throw new Untrusted("line " + number + " does not lie behind the one before");
            }
            rows.writeBytes(low);
            rows.writeBytes(high);
            rows.writeBytes(fields[2].toLowerCase(Locale.ROOT).getBytes(StandardCharsets.ISO_8859_1));
            last = high;
        }
        return new Countries(addressBytes, rows.toByteArray());
    }

    private static byte[] number(String text) throws Untrusted {
        if (!text.matches("[0-9]{1,10}")) {
            throw new Untrusted("'" + text + "' is not the number of an address");
        }
        return ByteBuffer.allocate(IPV4_BYTES)
                .putInt((int) Long.parseLong(text))
                .array();
    }

    private static byte[] address(String text) throws Untrusted {
        try {
            byte[] address = Endpoint.parseAddress(text).getAddress();
            if (address.length == IPV6_BYTES) {
                return address;
            }
        } catch (IllegalArgumentException malformed) {
            throw new Untrusted("'" + text + "' is not an address", malformed);
        }
        throw new Untrusted("'" + text + "' is not an IPv6 address");
    }

    /** The country's code in small letters; nothing where the file does not know. */
    Optional<String> of(InetAddress address) {
        byte[] wanted = address.getAddress();
        int rowBytes = 2 * addressBytes + CODE_BYTES;
        int from = 0;
        int to = rows.length / rowBytes;
        while (from < to) {
            int middle = (from + to) >>> 1;
            int row = middle * rowBytes;
            if (compare(wanted, row) < 0) {
                to = middle;
            } else if (compare(wanted, row + addressBytes) > 0) {
                from = middle + 1;
            } else {
                return Optional.of(new String(rows, row + 2 * addressBytes, CODE_BYTES, StandardCharsets.ISO_8859_1));
            }
        }
        return Optional.empty();
    }

    private int compare(byte[] wanted, int at) {
        return Arrays.compareUnsigned(wanted, 0, wanted.length, rows, at, at + addressBytes);
    }
}
