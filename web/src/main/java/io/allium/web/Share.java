package io.allium.web;

import io.allium.base.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Files to be handed over so many times, and no more. Several may download at once, and whoever's connection broke off comes
 * back for the rest: a download is over when each byte has been sent, in however many parts. From the last on nobody begins
 * another; who has begun may end, and for {@link #LINGER} get an end that was lost on the way: no more than {@link #LATE_MAX}
 * in all, so that of a large file nobody gets much more who has asked for the rest of what they never had. Guarded by
 * {@code lock}.
 */
public final class Share implements Handler {
    /**
     * After the last byte the visitor's connection is given this long to come to its end by itself, since the last part of
     * the way lies beyond what we see.
     */
    static final Duration LINGER = Duration.ofMinutes(2);

    /** What is on the way through Tor at a time is less: so much can have been lost with the connection, a few times. */
    static final long LATE_MAX = 16 << 20;

    /** And this long nobody must be there: who lost the connection just before the end comes back sooner. */
    static final Duration QUIET = Duration.ofSeconds(10);

    /** How it stands. */
    public record Progress(int completed, int wanted, int active, long furthest, long length) {}

    private final SharedFiles files;
    private final String path;
    private final String tag;
    private final int wanted;
    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final SentBytes pieces = new SentBytes(); // of downloads that were not sent in one piece
    private int completed;
    private int active;
    private long furthest;
    private long completedAt;
    private long lateLeft; // of LATE_MAX
    private Optional<String> failure = Optional.empty();
    private long quietSince;

    /** @param wanted how many downloads there may be */
    public Share(SharedFiles files, int wanted, Time time) {
        this.files = files;
        this.path = "/" + SitePath.encode(files.name());
        this.tag = Representation.tag(files.name(), files.content().length(), files.modified());
        this.wanted = wanted;
        this.time = time;
    }

    /** Where the files are, below the page that tells of them. */
    public String path() {
        return path;
    }

    @Override
    public Response answer(HttpRequest request, RequestBody body) {
        if (!request.reads()) {
            return Response.notAllowed("GET, HEAD");
        }
        SitePath asked = SitePath.parse(request.target()).orElse(null);
        if (asked == null) {
            return Response.notFound();
        }
        if (asked.link().equals("/")) {
            return Response.page(200, page());
        }
        return asked.link().equals(path) ? download(request) : Response.notFound();
    }

    /** Why nobody can get it any more, where that is so: a file is not what it was. It does not become good again. */
    public Optional<String> failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    /** How many have it, and how far the one is that goes on. */
    public Progress progress() {
        lock.lock();
        try {
            return new Progress(
                    completed, wanted, active, furthest, files.content().length());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether as many as wanted have it, and have gone: then the address may end. To be asked now and then.
     *
     * @param visitors how many connections are open
     */
    public boolean isOver(int visitors) {
        lock.lock();
        try {
            long now = time.nanos();
            if (completed < wanted) {
                return false;
            }
            if (visitors > 0 || active > 0) {
                quietSince = now;
            }
            boolean quiet = now - quietSince >= QUIET.toNanos();
            boolean late = now - completedAt >= LINGER.toNanos();
            return active == 0 && (quiet || late);
        } finally {
            lock.unlock();
        }
    }

    private String page() {
        String name = Html.escape(files.name());
        String what = Sizes.text(files.content().length()) + (files.files() > 1 ? ", " + files.files() + " files" : "");
        Progress progress = progress();
        boolean gone = progress.completed() >= wanted || failure().isPresent();
        String left = gone
                ? "<p>" + gone() + "</p>\n"
                : "<p><a href=\"." + path + "\">Download " + name + "</a> (" + what + ")</p>\n";
        return Html.page(files.name(), "<h1>" + name + "</h1>\n" + left);
    }

    private Response download(HttpRequest request) {
        Headers headers = Headers.NONE
                .with("Content-Type", "application/octet-stream")
                .with("Content-Disposition", Attachment.named(files.name()))
                .with("Cache-Control", "no-store");
        Response response = new Representation(files.content(), tag, files.modified(), headers).answer(request);
        boolean sends = response.status() == 200 || response.status() == 206;
        if (!sends || request.isHead()) {
            return response;
        }
        return begin(response.content())
                .map(download -> new Response(response.status(), response.headers(), download))
                .orElseGet(() -> Response.sentence(410, gone()));
    }

    private String gone() {
        return failure().isPresent()
                ? "It was changed meanwhile, and cannot be downloaded any more."
                : "It has been downloaded, and is gone.";
    }

    /** Another begins, or one that broke off goes on, if either may. */
    private Optional<Download> begin(Content content) {
        long from = content instanceof Content.Part part ? part.from() : 0;
        lock.lock();
        try {
            boolean late = completed >= wanted;
            if (failure.isPresent()) {
                return Optional.empty();
            }
            if (late) {
                boolean lingers = time.nanos() - completedAt < LINGER.toNanos();
                if (from == 0 || !lingers || content.length() > lateLeft) {
                    return Optional.empty();
                }
                lateLeft -= content.length();
            }
            active++;
            return Optional.of(new Download(content, from, late));
        } finally {
            lock.unlock();
        }
    }

    /** What one request gets, counted as it goes. Confined to the connection's task. */
    private final class Download implements Content {
        private final Content content;
        private final long offset;
        private final boolean late;
        private long sent;
        private boolean closed;

        Download(Content content, long offset, boolean late) {
            this.content = content;
            this.offset = offset;
            this.late = late;
        }

        @Override
        public long length() {
            return content.length();
        }

        @Override
        public void write(Sink to, long from, long count) throws IOException {
            try {
                content.write(
                        (bytes, start, length) -> {
                            to.write(bytes, start, length);
                            sent += length;
                            furthest(offset + from + sent);
                        },
                        from,
                        count);
            } catch (ChangedFile changed) {
                fail(changed.what());
                throw changed;
            }
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            content.close();
            ended(this);
        }
    }

    private void fail(String why) {
        lock.lock();
        try {
            failure = Optional.of(why);
        } finally {
            lock.unlock();
        }
    }

    private void furthest(long position) {
        lock.lock();
        try {
            furthest = position;
        } finally {
            lock.unlock();
        }
    }

    private void ended(Download download) {
        long length = files.content().length();
        lock.lock();
        try {
            active--;
            if (download.late) {
                lateLeft += download.length() - download.sent;
                return;
            }
            boolean whole = download.sent == length;
            if (!whole) {
                pieces.add(download.offset, download.offset + download.sent);
                whole = pieces.coverUpTo(length);
            }
            if (whole) {
                pieces.clear();
                completed++;
                completedAt = time.nanos();
                quietSince = completedAt;
                lateLeft = LATE_MAX;
            }
        } finally {
            lock.unlock();
        }
    }
}
