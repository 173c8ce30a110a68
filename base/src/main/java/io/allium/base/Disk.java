package io.allium.base;

import java.io.Closeable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Files. What is written survives {@code kill -9}: a file has its old content or its new one, never a part of it. */
public interface Disk {
    /** The whole file, or nothing where there is none. */
    Optional<byte[]> read(Path file) throws LocalFailure;

    /** Writes beside, forces to the medium, renames; mode 0600. Makes the folder where it is missing. */
    void write(Path file, byte[] content) throws LocalFailure;

    /** Takes the right to write away from the file, so that only a rename can replace it; nothing where files have no modes. */
    default void protect(Path file) throws LocalFailure {}

    /** Adds to the end, making the file where it is missing, but no folder. A crash may leave a part of {@code content} behind. */
    void append(Path file, byte[] content) throws LocalFailure;

    /** Renames, replacing. */
    void move(Path from, Path to) throws LocalFailure;

    /** Removes the file if it is there. */
    void delete(Path file) throws LocalFailure;

    /** The files in a folder by name, sorted; none where there is no such folder. */
    List<Path> list(Path folder) throws LocalFailure;

    /** When the file was last written. */
    Optional<Instant> modified(Path file) throws LocalFailure;

    /**
     * Makes the folder and its parents with mode 0700 where missing; one that is there must be a folder and ours, and is
     * closed to others. The message says what to do.
     *
     * @return whether it had been open to others, so that the caller can warn that secrets may have been read
     */
    boolean privateFolder(Path folder) throws LocalFailure;

    /**
     * Lets the user's group read the file, or list and enter the folder, whatever {@link #privateFolder} made of it; nothing
     * where files have no modes.
     */
    default void openToGroup(Path fileOrFolder) throws LocalFailure {}

    /**
     * Why others could get at what will be put into a folder, as a sentence; nothing where they cannot, or where files have no
     * modes.
     *
     * @param group whether the user's group may list and enter it
     * @param listing whether everybody may, and only nobody else change it
     */
    default Optional<String> whyOpen(Path folder, boolean group, boolean listing) throws LocalFailure {
        return Optional.empty();
    }

    /** Lets the user alone connect to a Unix socket, or the group too, or everybody; nothing where files have no modes. */
    default void openSocket(Path socket, boolean group, boolean everybody) throws LocalFailure {}

    /** Whether both name the same file of the same folder, however each leads to that folder. */
    default boolean isSame(Path one, Path other) {
        return one.equals(other);
    }

    /** Takes the file as a lock against other processes, or fails: somebody has it. */
    Closeable lock(Path file) throws LocalFailure;
}
