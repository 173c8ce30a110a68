package io.allium.base;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The file system of this machine. Immutable; two writers of one file must agree between themselves. */
public final class SystemDisk implements Disk {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    @Override
    public Optional<byte[]> read(Path file) throws LocalFailure {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException failed) {
            if (isBelowFile(file)) {
                return Optional.empty();
            }
            throw failure("cannot read " + file, failed);
        }
    }

    /** Whether the path leads through a file as if that were a folder: then it names nothing, as where the folder is missing. */
    private static boolean isBelowFile(Path file) {
        Path above = file.toAbsolutePath().getParent();
        while (above != null && !Files.exists(above)) {
            above = above.getParent();
        }
        return above != null && !Files.isDirectory(above);
    }

    @Override
    public void write(Path file, byte[] content) throws LocalFailure {
        try {
            makeParent(file);
            Path beside = file.resolveSibling(file.getFileName() + ".tmp");
            Files.deleteIfExists(beside);
            try (FileChannel channel = FileChannel.open(
                    beside,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    ownersOnly(file, "rw-------"))) {
                writeAll(channel, content);
                channel.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceFolder(file);
        } catch (IOException failed) {
            throw failure("cannot write " + file, failed);
        }
    }

    @Override
    public void protect(Path file) throws LocalFailure {
        try {
            if (hasPosixModes(file)) {
                Files.setPosixFilePermissions(file, EnumSet.of(PosixFilePermission.OWNER_READ));
            }
        } catch (IOException failed) {
            throw failure("cannot close " + file, failed);
        }
    }

    @Override
    public void append(Path file, byte[] content) throws LocalFailure {
        try (FileChannel channel = FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), ownersOnly(file, "rw-------"))) {
            writeAll(channel, content);
        } catch (NoSuchFileException noFolder) {
            throw new LocalFailure("cannot add to " + file + ": there is no such folder", noFolder);
        } catch (IOException failed) {
            throw failure("cannot add to " + file, failed);
        }
    }

    @Override
    public void move(Path from, Path to) throws LocalFailure {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceFolder(to);
        } catch (IOException failed) {
            throw failure("cannot rename " + from + " to " + to, failed);
        }
    }

    @Override
    public void delete(Path file) throws LocalFailure {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw failure("cannot remove " + file, failed);
        }
    }

    @Override
    public List<Path> list(Path folder) throws LocalFailure {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.sorted().toList();
        } catch (NoSuchFileException absent) {
            return List.of();
        } catch (IOException failed) {
            throw failure("cannot list " + folder, failed);
        }
    }

    @Override
    public Optional<Instant> modified(Path file) throws LocalFailure {
        try {
            return Optional.of(Files.getLastModifiedTime(file).toInstant());
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException failed) {
            throw failure("cannot look at " + file, failed);
        }
    }

    @Override
    public boolean privateFolder(Path folder) throws LocalFailure {
        try {
            if (!Files.exists(folder)) {
                Files.createDirectories(folder, ownersOnly(folder, "rwx------"));
                return false;
            }
            if (!Files.isDirectory(folder)) {
                throw new LocalFailure(
                        folder + " is a file and should be a folder: move it away, or name another folder");
            }
            String owner = Files.getOwner(folder).getName();
            String user = System.getProperty("user.name", owner);
            if (!owner.equals(user)) {
                throw new LocalFailure(folder + " belongs to " + owner + " and we run as " + user + ": run as " + owner
                        + ", or chown it, or name another folder");
            }
            return closeToOthers(folder);
        } catch (IOException failed) {
            throw failure("cannot use the folder " + folder, failed);
        }
    }

    @Override
    public Optional<String> whyOpen(Path folder, boolean group, boolean listing) throws LocalFailure {
        try {
            if (!Files.isDirectory(folder)) {
                return Optional.of("there is no folder " + folder);
            }
            if (!hasPosixModes(folder)) {
                return Optional.empty();
            }
            String owner = Files.getOwner(folder).getName();
            String user = System.getProperty("user.name", owner);
            if (!owner.equals(user)) {
                return Optional.of(folder + " belongs to " + owner + " and we run as " + user);
            }
            Set<PosixFilePermission> unwanted = EnumSet.copyOf(OTHERS);
            if (group) {
                unwanted.removeAll(EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_EXECUTE));
            }
            if (listing) {
                unwanted.retainAll(EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE));
            }
            unwanted.retainAll(Files.getPosixFilePermissions(folder));
            return unwanted.isEmpty()
                    ? Optional.empty()
                    : Optional.of(folder + " is open to others (" + PosixFilePermissions.toString(unwanted) + ")");
        } catch (IOException failed) {
            throw failure("cannot look at the folder " + folder, failed);
        }
    }

    @Override
    public void openToGroup(Path fileOrFolder) throws LocalFailure {
        try {
            if (!hasPosixModes(fileOrFolder)) {
                return;
            }
            Set<PosixFilePermission> mode = EnumSet.copyOf(Files.getPosixFilePermissions(fileOrFolder));
            mode.add(PosixFilePermission.GROUP_READ);
            if (Files.isDirectory(fileOrFolder)) {
                mode.add(PosixFilePermission.GROUP_EXECUTE);
            }
            Files.setPosixFilePermissions(fileOrFolder, mode);
        } catch (IOException failed) {
            throw failure("cannot open " + fileOrFolder + " to the group", failed);
        }
    }

    @Override
    public void openSocket(Path socket, boolean group, boolean everybody) throws LocalFailure {
        try {
            if (hasPosixModes(socket)) {
                String mode = everybody ? "rw-rw-rw-" : group ? "rw-rw----" : "rw-------";
                Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(mode));
            }
        } catch (IOException failed) {
            throw failure("cannot choose who may connect to " + socket, failed);
        }
    }

    @Override
    public boolean isSame(Path one, Path other) {
        Path here = one.toAbsolutePath();
        Path there = other.toAbsolutePath();
        if (here.equals(there)) {
            return true;
        }
        Path folder = here.getParent();
        Path otherFolder = there.getParent();
        try {
            return folder != null
                    && otherFolder != null
                    && here.endsWith(there.getFileName())
                    && Files.isSameFile(folder, otherFolder);
        } catch (IOException oneIsMissing) {
            return false;
        }
    }

    @Override
    public Closeable lock(Path file) throws LocalFailure {
        @Nullable FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), ownersOnly(file, "rw-------"));
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException oursAlready) {
            // Another Tor of this process has it: the same answer as for another process.
        } catch (IOException failed) {
            throw failure("cannot lock " + file, failed);
        }
        close(channel);
        throw new LocalFailure("It looks like another Tor process is running with the same data directory (" + file
                + " is locked): stop it, or give this one a DataDirectory of its own");
    }

    private static boolean closeToOthers(Path folder) throws IOException {
        if (!hasPosixModes(folder)) {
            return false;
        }
        Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
        mode.addAll(Files.getPosixFilePermissions(folder));
        boolean wasOpen = mode.removeAll(OTHERS);
        if (wasOpen) {
            Files.setPosixFilePermissions(folder, mode);
        }
        return wasOpen;
    }

    private static void makeParent(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null && !Files.exists(parent)) {
            Files.createDirectories(parent, ownersOnly(parent, "rwx------"));
        }
    }

    /** A rename survives a crash of the machine only once the folder itself is on the medium. */
    private static void forceFolder(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null && hasPosixModes(parent)) {
            try (FileChannel folder = FileChannel.open(parent, StandardOpenOption.READ)) {
                folder.force(true);
            }
        }
    }

    private static void writeAll(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static FileAttribute<?>[] ownersOnly(Path where, String mode) {
        return hasPosixModes(where)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }

    private static boolean hasPosixModes(Path where) {
        return where.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException nothingLeftToDo) {
            // The descriptor is gone either way.
        }
    }

    private static LocalFailure failure(String what, IOException cause) {
        return new LocalFailure(what + ": " + why(cause), cause);
    }

    /** What the operating system said, and what to do about it. */
    private static String why(IOException cause) {
        String said = String.valueOf(cause.getMessage());
        return switch (cause) {
            case AccessDeniedException denied ->
                "permission denied to user " + System.getProperty("user.name", "?") + " at " + denied.getFile()
                        + ": change who may use it, or name another place";
            case NoSuchFileException absent -> "there is no " + absent.getFile();
            case NotDirectoryException file -> file.getFile() + " is not a folder";
            default ->
                said.contains("Is a directory")
                        ? "it is a folder and should be a file: move it away, or name another file"
                        : said;
        };
    }
}
