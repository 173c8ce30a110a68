package io.allium.sim;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Time;
import java.io.Closeable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The files of one host, in memory. They outlive a crash, but for a part of what was appended last. Confined to the carrier. */
public final class SimDisk implements Disk {
    /** A file's content and when it was written; an appended file may be cut down to {@code safe} bytes by a crash. */
    private record Content(byte[] bytes, int safe, Instant modified) {}

    private final Time time;
    private final Map<Path, Content> files;
    private final Set<Path> locks = new LinkedHashSet<>();
    private boolean full;

    SimDisk(Time time) {
        this(time, new TreeMap<>());
    }

    private SimDisk(Time time, Map<Path, Content> files) {
        this.time = time;
        this.files = files;
    }

    /** What is left for the next process after this one was killed in the middle of something. */
    SimDisk afterCrash(Time newTime, Entropy entropy) {
        Map<Path, Content> left = new TreeMap<>();
        files.forEach((path, content) -> {
            int unsafe = content.bytes.length - content.safe;
            byte[] kept = Arrays.copyOf(content.bytes, content.safe + entropy.below(unsafe + 1));
            left.put(path, new Content(kept, kept.length, content.modified));
        });
        return new SimDisk(newTime, left);
    }

    /** Whether every write fails from now on for want of room. */
    public void full(boolean now) {
        full = now;
    }

    @Override
    public Optional<byte[]> read(Path file) {
        return Optional.ofNullable(files.get(key(file)))
                .map(content -> content.bytes().clone());
    }

    @Override
    public void write(Path file, byte[] content) throws LocalFailure {
        expectRoom(file);
        files.put(key(file), new Content(content.clone(), content.length, time.now()));
    }

    @Override
    public void append(Path file, byte[] content) throws LocalFailure {
        expectRoom(file);
        byte[] before = read(file).orElse(new byte[0]);
        byte[] after = Arrays.copyOf(before, before.length + content.length);
        System.arraycopy(content, 0, after, before.length, content.length);
        files.put(key(file), new Content(after, before.length, time.now()));
    }

    @Override
    public void move(Path from, Path to) throws LocalFailure {
        Content content = files.remove(key(from));
        if (content == null) {
            throw new LocalFailure("cannot rename " + from + " to " + to + ": NoSuchFile");
        }
        files.put(key(to), content);
    }

    @Override
    public void delete(Path file) {
        files.remove(key(file));
    }

    @Override
    public List<Path> list(Path folder) {
        Path parent = key(folder);
        TreeSet<Path> inside = new TreeSet<>();
        for (Path file : files.keySet()) {
            if (file.startsWith(parent) && file.getNameCount() > parent.getNameCount()) {
                inside.add(folder.resolve(file.getName(parent.getNameCount())));
            }
        }
        return List.copyOf(inside);
    }

    @Override
    public Optional<Instant> modified(Path file) {
        return Optional.ofNullable(files.get(key(file))).map(Content::modified);
    }

    @Override
    public boolean privateFolder(Path folder) throws LocalFailure {
        if (files.containsKey(key(folder))) {
            throw new LocalFailure(folder + " is a file and should be a folder: move it away, or name another folder");
        }
        return false;
    }

    @Override
    public Closeable lock(Path file) throws LocalFailure {
        Path key = key(file);
        if (!locks.add(key)) {
            throw new LocalFailure(
                    file + " is locked: another Tor uses this data directory. Stop it, or name another one");
        }
        return () -> locks.remove(key);
    }

    private void expectRoom(Path file) throws LocalFailure {
        if (full) {
            throw new LocalFailure("cannot write " + file + ": no space left on device");
        }
    }

    private static Path key(Path file) {
        return file.toAbsolutePath().normalize();
    }
}
