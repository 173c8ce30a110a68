package io.allium.web;

import io.allium.base.LocalFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Files as one archive, uncompressed: so its length is known before it is sent, any part of it can be sent alone, and nothing
 * of it is written to a disk. The checksums stand before the contents, for which each file is read once beforehand.
 *
 * <p>The format is PKWARE's APPNOTE 6.3, with its 64-bit fields wherever a number needs them.
 */
final class Zip {
    /** As many as anybody sends; their names are in memory. */
    static final int ENTRIES_MAX = 100_000;

    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final short EXTRA_64 = 1;
    private static final short VERSION = 45; // of the format, with 64-bit fields
    private static final short NAMES_IN_UTF_8 = 1 << 11;
    private static final long MAX_32 = 0xffff_ffffL;
    private static final int MAX_16 = 0xffff;

    /** What a file is called inside, and its content. */
    record Entry(String name, Content content, long checksum, LocalDateTime modified) {
        byte[] nameBytes() {
            return name.getBytes(StandardCharsets.UTF_8);
        }

        boolean isLong() {
            return content.length() >= MAX_32;
        }
    }

    private Zip() {}

    /** The archive. */
    static Content of(List<Entry> entries) {
        List<Content> parts = new ArrayList<>();
        List<Content> directory = new ArrayList<>();
        long offset = 0;
        long directoryLength = 0;
        for (Entry entry : entries) {
            byte[] local = local(entry);
            byte[] central = central(entry, offset);
            parts.add(Content.bytes(local));
            parts.add(entry.content);
            directory.add(Content.bytes(central));
            offset += local.length + entry.content.length();
            directoryLength += central.length;
        }
        parts.addAll(directory);
        parts.add(Content.bytes(end(entries.size(), offset, directoryLength)));
        return new Content.Joined(parts);
    }

    /** Reads a file for its checksum. It is opened again when it is sent. */
    static Entry read(String name, Path file) throws LocalFailure {
        CRC32 checksum = new CRC32();
        long length = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Instant modified = Files.getLastModifiedTime(file).toInstant();
            ByteBuffer buffer = ByteBuffer.allocate(1 << 17);
            while (channel.read(buffer) >= 0) {
                buffer.flip();
                length += buffer.remaining();
                checksum.update(buffer);
                buffer.clear();
            }
            return new Entry(
                    name,
                    new Content.NamedFile(file, length, modified),
                    checksum.getValue(),
                    LocalDateTime.ofInstant(modified, ZoneOffset.UTC));
        } catch (IOException failed) {
            throw new LocalFailure("cannot read " + file, failed);
        }
    }

    private static byte[] local(Entry entry) {
        ByteBuffer header = buffer(30 + entry.nameBytes().length + 20);
        header.putInt(LOCAL);
        common(header, entry);
        header.putShort((short) entry.nameBytes().length);
        header.putShort((short) (entry.isLong() ? 20 : 0));
        header.put(entry.nameBytes());
        if (entry.isLong()) {
            header.putShort(EXTRA_64).putShort((short) 16);
            header.putLong(entry.content.length()).putLong(entry.content.length());
        }
        return written(header);
    }

    private static byte[] central(Entry entry, long offset) {
        boolean farAway = offset >= MAX_32;
        int extra = (entry.isLong() ? 16 : 0) + (farAway ? 8 : 0);
        ByteBuffer header = buffer(46 + entry.nameBytes().length + 4 + extra);
        header.putInt(CENTRAL);
        header.putShort(VERSION); // made by: nothing that has modes
        common(header, entry);
        header.putShort((short) entry.nameBytes().length);
        header.putShort((short) (extra == 0 ? 0 : extra + 4));
        header.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0); // comment, disk, attributes
        header.putInt((int) Math.min(offset, MAX_32));
        header.put(entry.nameBytes());
        if (extra > 0) {
            header.putShort(EXTRA_64).putShort((short) extra);
        }
        if (entry.isLong()) {
            header.putLong(entry.content.length()).putLong(entry.content.length());
        }
        if (farAway) {
            header.putLong(offset);
        }
        return written(header);
    }

    /** From the version needed to the lengths, the same in both headers. */
    private static void common(ByteBuffer header, Entry entry) {
        LocalDateTime at = entry.modified;
        int year = Math.clamp(at.getYear(), 1980, 2107);
        int length = (int) Math.min(entry.content.length(), MAX_32);
        header.putShort(VERSION).putShort(NAMES_IN_UTF_8).putShort((short) 0); // stored as it is
        header.putShort((short) (at.getHour() << 11 | at.getMinute() << 5 | at.getSecond() / 2));
        header.putShort((short) (year - 1980 << 9 | at.getMonthValue() << 5 | at.getDayOfMonth()));
        header.putInt((int) entry.checksum).putInt(length).putInt(length);
    }

    private static byte[] end(int entries, long offset, long length) {
        ByteBuffer end = buffer(56 + 20 + 22);
        if (entries >= MAX_16 || offset >= MAX_32 || length >= MAX_32) {
            end.putInt(END_64)
                    .putLong(44)
                    .putShort(VERSION)
                    .putShort(VERSION)
                    .putInt(0)
                    .putInt(0);
            end.putLong(entries).putLong(entries).putLong(length).putLong(offset);
            end.putInt(LOCATOR_64).putInt(0).putLong(offset + length).putInt(1);
        }
        end.putInt(END).putShort((short) 0).putShort((short) 0);
        end.putShort((short) Math.min(entries, MAX_16)).putShort((short) Math.min(entries, MAX_16));
        end.putInt((int) Math.min(length, MAX_32)).putInt((int) Math.min(offset, MAX_32));
        end.putShort((short) 0);
        return written(end);
    }

    private static ByteBuffer buffer(int most) {
        return ByteBuffer.allocate(most).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] written(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
