package io.allium.web;

import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.ProtocolViolation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A page to leave files at, which nobody can get there again. What came is guarded by {@code lock}; the files are confined to
 * the tasks that write them.
 */
public final class Inbox implements Handler, AutoCloseable {
    /** In one form. */
    static final int FILES_MAX = 1000;

    /** Files that come at the same time, of all visitors. */
    static final int COMING_MAX = 64;

    /** Files that are taken in all: empty ones fill a disk too, whose files are counted. Whoever wants more begins anew. */
    static final int TAKEN_MAX = 10_000;

    /** What is left free for whoever else needs the disk. */
    static final long RESERVE = 512L << 20;

    /** How often the disk is asked how full it is, in bytes: visitors and others fill it meanwhile. */
    static final int LOOK_EVERY = 1 << 20;

    /** What must be free when it is asked, so that the reserve stays whatever all visitors write before they ask again. */
    static final long ROOM_MIN = RESERVE + (long) COMING_MAX * LOOK_EVERY;

    /** How much room there is. */
    public interface Space {
        long free(Path folder) throws IOException;
    }

    private final Path folder;
    private final long sizeMax;
    private final Space space;
    private final Entropy entropy;
    private final Consumer<Path> received;
    private final ReentrantLock lock = new ReentrantLock();
    private final int takenMax;
    private final Set<IncomingFile> coming = new LinkedHashSet<>();
    private int taken;
    private boolean closed;

    /**
     * @param sizeMax how large all files of one form may be together
     * @param received hears of each file, on the visitor's task
     */
    public Inbox(Path folder, long sizeMax, Space space, Entropy entropy, Consumer<Path> received) throws LocalFailure {
        this(folder, sizeMax, TAKEN_MAX, space, entropy, received);
    }

    /** The same for fewer files, for tests. */
    Inbox(Path folder, long sizeMax, int takenMax, Space space, Entropy entropy, Consumer<Path> received)
            throws LocalFailure {
        try {
            this.folder = Files.createDirectories(folder).toRealPath();
        } catch (IOException failed) {
            throw new LocalFailure("cannot make the folder " + folder, failed);
        }
        if (!Files.isWritable(this.folder)) {
            throw new LocalFailure(folder + " is not ours to write to");
        }
        this.sizeMax = sizeMax;
        this.takenMax = takenMax;
        this.space = space;
        this.entropy = entropy;
        this.received = received;
    }

    /** The free space of the disk that a folder is on. */
    public static long freeOnDisk(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    @Override
    public Response answer(HttpRequest request, RequestBody body) throws IOException, ProtocolViolation {
        Optional<SitePath> path = SitePath.parse(request.target());
        if (path.isEmpty()) {
            return Response.notFound();
        }
        boolean front = path.get().names().isEmpty();
        if (request.method().equals("PUT") && path.get().names().size() == 1) {
            return put(request, body, path.get().names().getFirst());
        }
        if (request.method().equals("POST") && front) {
            return post(request, body);
        }
        if (!request.reads()) {
            return Response.notAllowed("GET, HEAD, POST, PUT");
        }
        return front ? Response.page(200, form()) : Response.notFound();
    }

    /** What is still coming is thrown away. */
    @Override
    public void close() {
        List<IncomingFile> leaving;
        lock.lock();
        try {
            closed = true;
            leaving = List.copyOf(coming);
        } finally {
            lock.unlock();
        }
        for (IncomingFile file : leaving) {
            try {
                file.close();
            } catch (IOException left) {
                // It is left behind; its name says what it is.
            }
        }
    }

    private Response put(HttpRequest request, RequestBody body, String name) throws IOException, ProtocolViolation {
        Allowance allowance = new Allowance();
        Optional<Response> refusal = allowance.refusal(request);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return take(name, body::read, allowance)
                .map(file -> Response.sentence(201, "Received " + nameOf(file) + "."))
                .orElseGet(allowance::refused);
    }

    private Response post(HttpRequest request, RequestBody body) throws IOException, ProtocolViolation {
        Optional<String> boundary = request.headers().first("Content-Type").flatMap(Multipart::boundary);
        if (boundary.isEmpty()) {
            return Response.sentence(415, "Only forms can be sent here.");
        }
        Allowance allowance = new Allowance();
        Optional<Response> refusal = allowance.refusal(request);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Multipart parts = new Multipart(body, boundary.get());
        List<Path> taken = new ArrayList<>();
        for (Optional<Headers> part = parts.next(); part.isPresent(); part = parts.next()) {
            Optional<String> name = Multipart.fileName(part.get());
            if (name.isEmpty() || name.get().isEmpty()) {
                continue; // another field, or no file was chosen
            }
            Optional<Path> file =
                    taken.size() == FILES_MAX ? Optional.empty() : take(name.get(), parts::read, allowance);
            if (file.isEmpty()) {
                return allowance.refused();
            }
            taken.add(file.get());
        }
        return Response.page(200, thanks(taken));
    }

    /** Where the bytes of a file come from. */
    private interface Source {
        int read(byte[] into, int offset, int length) throws IOException, ProtocolViolation;
    }

    /** The file, once all of it is there; nothing where there is no room for it. */
    private Optional<Path> take(String name, Source source, Allowance allowance) throws IOException, ProtocolViolation {
        Optional<IncomingFile> begun = begin(IncomingFile.name(folder, name));
        if (begun.isEmpty()) {
            return Optional.empty();
        }
        try (IncomingFile file = begun.get()) {
            byte[] buffer = new byte[65_536];
            int count = source.read(buffer, 0, buffer.length);
            while (count >= 0) {
                if (!allowance.take(count)) {
                    return Optional.empty();
                }
                file.write(buffer, 0, count);
                count = source.read(buffer, 0, buffer.length);
            }
            Path kept = file.keep();
            count();
            received.accept(kept);
            return Optional.of(kept);
        } finally {
            lock.lock();
            try {
                coming.remove(begun.get());
            } finally {
                lock.unlock();
            }
        }
    }

    private void count() {
        lock.lock();
        try {
            taken++;
        } finally {
            lock.unlock();
        }
    }

    private Optional<IncomingFile> begin(String name) throws IOException {
        lock.lock();
        try {
            if (closed || coming.size() >= COMING_MAX || taken + coming.size() >= takenMax) {
                return Optional.empty();
            }
            IncomingFile file = IncomingFile.begin(folder, name, entropy);
            coming.add(file);
            return Optional.of(file);
        } finally {
            lock.unlock();
        }
    }

    private String form() {
        return Html.page("Send files", """
                <h1>Send files</h1>
                <form method="post" enctype="multipart/form-data" action="./">
                <p><input type="file" name="file" multiple required></p>
                <p><input type="submit" value="Send"></p>
                </form>
                <p>SIZE at most. Nobody can get them here again.</p>
                """.replace("SIZE", Sizes.text(sizeMax)));
    }

    private static String thanks(List<Path> taken) {
        StringBuilder body =
                new StringBuilder(taken.isEmpty() ? "<h1>No file came</h1>\n" : "<h1>Received</h1>\n<ul>\n");
        for (Path file : taken) {
            body.append("<li>").append(Html.escape(nameOf(file))).append("</li>\n");
        }
        return Html.page(
                "Received", body + (taken.isEmpty() ? "" : "</ul>\n") + "<p><a href=\"./\">Send more</a></p>\n");
    }

    private static String nameOf(Path file) {
        return Objects.requireNonNull(file.getFileName()).toString();
    }

    /** How much one visitor may still send with this request. Confined to the connection's task. */
    private final class Allowance {
        private long taken;
        private long allowed; // until the disk is asked again
        private boolean tooLarge;

        /** Says no at once to what can be seen to be too much; a form is a little larger than its files. */
        Optional<Response> refusal(HttpRequest request) throws IOException {
            tooLarge = request.bodyLength() - FORM_MAX > sizeMax;
            boolean full = space.free(folder) - Math.max(0, request.bodyLength()) < ROOM_MIN;
            return tooLarge || full ? Optional.of(refused()) : Optional.empty();
        }

        boolean take(int count) throws IOException {
            taken += count;
            tooLarge = taken > sizeMax;
            if (tooLarge) {
                return false;
            }
            if (taken > allowed) {
                allowed = taken - count + LOOK_EVERY;
                return space.free(folder) >= ROOM_MIN;
            }
            return true;
        }

        Response refused() {
            return tooLarge
                    ? Response.sentence(413, "This is too much: " + Sizes.text(sizeMax) + " at most.")
                    : Response.sentence(507, "There is no room for it now.");
        }
    }

    private static final long FORM_MAX = 1 << 20;
}
