package io.allium.web;

import io.allium.base.Entropy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Set;

/**
 * A file while it comes: hidden under a name of ours, and gone if it does not come to its end. It then gets the first name
 * that is free, and replaces nothing. Confined to the connection's task.
 */
final class IncomingFile implements AutoCloseable {
    /** Files of one name, of which the next gets no name any more: somebody is playing. */
    static final int SAME_NAME_MAX = 1000;

    private final Path folder;
    private final String name;
    private final Path partial;
    private final FileChannel channel;
    private boolean kept;

    private IncomingFile(Path folder, String name, Path partial, FileChannel channel) {
        this.folder = folder;
        this.name = name;
        this.partial = partial;
        this.channel = channel;
    }

    /** The name that a file gets there of the one that the visitor gave it. */
    static String name(Path folder, String given) {
        return FileNames.possible(FileNames.safe(given), name -> canHave(folder, name));
    }

    private static boolean canHave(Path folder, String name) {
        try {
            return !folder.resolve(name).equals(folder);
        } catch (InvalidPathException not) {
            return false;
        }
    }

    /** @param name as {@link #name} makes it */
    static IncomingFile begin(Path folder, String name, Entropy entropy) throws IOException {
        Path partial = folder.resolve(".incoming-" + HexFormat.of().formatHex(entropy.bytes(8)));
        FileChannel channel = FileChannel.open(
                partial, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownersOnly(folder));
        return new IncomingFile(folder, name, partial, channel);
    }

    void write(byte[] bytes, int offset, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, count);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** All of it has come: it gets its name. */
    Path keep() throws IOException {
        channel.force(true);
        for (int number = 1; number <= SAME_NAME_MAX; number++) {
            Path file = folder.resolve(number == 1 ? name : FileNames.numbered(name, number));
            if (claim(file)) {
                moveTo(file);
                return file;
            }
        }
        throw new FileSystemException(folder.toString(), null, "there are too many files called " + name);
    }

    private void moveTo(Path claimed) throws IOException {
        try {
            Files.move(partial, claimed, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            kept = true;
        } finally {
            if (!kept) {
                Files.deleteIfExists(claimed);
            }
        }
    }

    /** Takes a name that nobody has, so that of two who want it one gets it. */
    private static boolean claim(Path file) throws IOException {
        try {
            Files.createFile(file, ownersOnly(file));
            return true;
        } catch (FileAlreadyExistsException taken) {
            return false;
        }
    }

    private static FileAttribute<?>[] ownersOnly(Path where) {
        return where.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!kept) {
            Files.deleteIfExists(partial);
        }
    }
}
