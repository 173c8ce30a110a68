package io.allium.web;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;

/** Bytes to send, of which any part can be. */
public interface Content extends Closeable {
    /** Where they go. */
    interface Sink {
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    Content NOTHING = bytes(new byte[0]);

    long length();

    /** Writes the bytes from {@code from} on, so many. */
    void write(Sink to, long from, long count) throws IOException;

    @Override
    default void close() throws IOException {}

    static Content text(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    static Content bytes(byte[] bytes) {
        return new Bytes(bytes);
    }

    /** Some of the bytes of another, which it closes. */
    default Content part(long from, long count) {
        return new Part(this, from, count);
    }

    /** What is in memory. */
    record Bytes(byte[] bytes) implements Content {
        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public void write(Sink to, long from, long count) throws IOException {
            to.write(bytes, (int) from, (int) count);
        }
    }

    /** An open file, with the length that it had; one that has become shorter breaks off, since its length has been told. */
    record OpenFile(FileChannel channel, long length) implements Content {
        private static final int STEP = 65_536;

        @Override
        public void write(Sink to, long from, long count) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(STEP, count));
            for (long sent = 0; sent < count; sent += buffer.limit()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), count - sent));
                while (buffer.hasRemaining()) {
                    if (channel.read(buffer, from + sent + buffer.position()) < 0) {
                        throw new ChangedFile("the file became shorter");
                    }
                }
                to.write(buffer.array(), 0, buffer.limit());
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** A file that is opened for each part of it that is sent; nothing of one that is another by then. */
    record NamedFile(Path file, long length, Instant modified) implements Content {
        @Override
        public void write(Sink to, long from, long count) throws IOException {
            try (OpenFile open = new OpenFile(FileChannel.open(file, StandardOpenOption.READ), length)) {
                boolean same = open.channel().size() == length
                        && Files.getLastModifiedTime(file).toInstant().equals(modified);
                if (!same) {
                    throw changed();
                }
                open.write(to, from, count);
            } catch (NoSuchFileException | ChangedFile gone) {
                throw changed();
            }
        }

        private ChangedFile changed() {
            return new ChangedFile(file + " was changed while it was shared");
        }
    }

    /** A part. */
    record Part(Content whole, long from, long length) implements Content {
        @Override
        public void write(Sink to, long start, long count) throws IOException {
            whole.write(to, from + start, count);
        }

        @Override
        public void close() throws IOException {
            whole.close();
        }
    }

    /** One after the other. */
    record Joined(List<Content> parts, long length) implements Content {
        Joined(List<Content> parts) {
            this(List.copyOf(parts), parts.stream().mapToLong(Content::length).sum());
        }

        @Override
        public void write(Sink to, long from, long count) throws IOException {
            long before = 0;
            for (Content part : parts) {
                long start = Math.max(from, before);
                long end = Math.min(from + count, before + part.length());
                if (start < end) {
                    part.write(to, start - before, end - start);
                }
                before += part.length();
            }
        }

        @Override
        public void close() throws IOException {
            for (Content part : parts) {
                part.close();
            }
        }
    }
}
