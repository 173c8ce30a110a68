package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a publication keeps what it has. Its client's folder stays from one to the next even where the address does not: it
 * remembers guards, and whoever takes new ones every day meets a bad one sooner. Immutable.
 *
 * @param data the client's folder
 * @param service the address's folder, with its key
 */
record PublishFolders(Path data, Path service, List<Closeable> locks) implements AutoCloseable {
    /** Publications at a time, each with a client of its own; beyond that somebody has lost count. */
    static final int CLIENTS_MAX = 64;

    /**
     * Finds them.
     *
     * @param scratch where lies what ends with the program
     * @param user the user's own folder for Allium's data
     */
    static PublishFolders take(PublishLine line, Path scratch, Path user, Disk disk) throws LocalFailure {
        Path top = line.network().map(network -> network.resolve("published")).orElse(user);
        if (line.name().isEmpty()) {
            Path service = scratch.resolve("service");
            disk.privateFolder(service);
            return withClient(top, service, List.of(), disk);
        }
        String name = line.name().get();
        Path service = top.resolve("services").resolve(name);
        disk.privateFolder(service);
        Optional<Closeable> lock = lock(service, disk);
        if (lock.isEmpty()) {
            throw new LocalFailure("'" + name + "' is being published already");
        }
        return withClient(top, service, List.of(lock.get()), disk);
    }

    /** With the first client's folder that nobody uses now. */
    private static PublishFolders withClient(Path top, Path service, List<Closeable> locks, Disk disk)
            throws LocalFailure {
        for (int number = 1; number <= CLIENTS_MAX; number++) {
            Path data = top.resolve("client" + number);
            disk.privateFolder(data);
            Optional<Closeable> lock = lock(data, disk);
            if (lock.isPresent()) {
                List<Closeable> all = new ArrayList<>(locks);
                all.add(lock.get());
                return new PublishFolders(data, service, List.copyOf(all));
            }
        }
        throw new LocalFailure("more than " + CLIENTS_MAX + " publications run already");
    }

    /** Takes a folder, by a file beside it; nothing where another publication has it. */
    private static Optional<Closeable> lock(Path folder, Disk disk) {
        try {
            return Optional.of(disk.lock(folder.resolveSibling(folder.getFileName() + ".lock")));
        } catch (LocalFailure taken) {
            return Optional.empty();
        }
    }

    /** The user's folder for the data of Allium, as the system has them. */
    static Path user(Map<String, String> environment, Path home, String system) {
        String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
        if (!xdg.isEmpty() && Path.of(xdg).isAbsolute()) {
            return Path.of(xdg, "allium");
        }
        if (system.startsWith("Mac")) {
            return home.resolve("Library/Application Support/Allium");
        }
        if (system.startsWith("Windows") && environment.containsKey("APPDATA")) {
            return Path.of(environment.get("APPDATA"), "Allium");
        }
        return home.resolve(".local/share/allium");
    }

    @Override
    public void close() throws LocalFailure {
        for (Closeable lock : locks) {
            try {
                lock.close();
            } catch (IOException failed) {
                throw new LocalFailure("cannot give " + service + " back", failed);
            }
        }
    }
}
