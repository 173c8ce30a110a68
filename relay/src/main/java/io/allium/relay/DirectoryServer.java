package io.allium.relay;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Wire;
import io.allium.directory.ContentCoding;
import io.allium.directory.HttpMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Answers directory requests, one a connection, whether they come over BEGIN_DIR or to a DirPort. What to answer is the
 * handlers' business; this reads the request within its bounds, and {@link ReplyWriter} writes the answer.
 *
 * <p>Each connection has a virtual thread of its own, so a slow one costs only itself, and at most {@link #PATIENCE}.
 * Where there are too many, whoever has not said for longest what he wants goes: silence must not keep others out.
 * Immutable but for the connections, which are guarded by {@code lock}.
 *
 * @spec dir-spec 6
 */
public final class DirectoryServer {
    /** Connections served at once, each with a task of its own and 64 KB between it and its circuit. */
    static final int CONNECTIONS_MAX = 512;

    /** How long one request with its answer may take. C tor closes a directory connection that stalls for 5 minutes. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    static final DirectoryReply BUSY = DirectoryReply.status(503, "Directory busy, try again later");

    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private final List<DirectoryHandler> handlers;
    private final Uploads uploads = new Uploads();
    private final ReplyWriter writer;
    private final DirectoryLoad load;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<ByteStream> unheard = new LinkedHashSet<>(); // those whose request has not come; oldest first
    private final Map<ByteStream, Optional<InetAddress>> askers = new LinkedHashMap<>(); // of all; oldest first
    private int open;

    /** @param handlers asked in this order until one answers */
    public DirectoryServer(Time time, Tasks tasks, Log log, List<DirectoryHandler> handlers) {
        this(time, tasks, log, handlers, DirectoryLoad.NONE);
    }

    /** The same, with a DirPort that shares its bandwidth with others. */
    public DirectoryServer(Time time, Tasks tasks, Log log, List<DirectoryHandler> handlers, DirectoryLoad load) {
        this.load = load;
        this.time = time;
        this.tasks = tasks;
        this.log = log;
        this.handlers = List.copyOf(handlers);
        this.writer = new ReplyWriter(time, tasks);
    }

    /** Serves a DirPort until it is closed. */
    public Tasks.Task listen(Network.Listener dirPort) {
        return tasks.fork("DirPort", () -> {
            while (true) {
                Wire client;
                try {
                    client = dirPort.acceptNext(time, log);
                } catch (ClosedChannelException closed) {
                    return;
                }
                Optional<Endpoint> address = Optional.ofNullable(client.remote());
                serve(load.metered(client), new DirectoryQuery.Asker(address, false, false));
            }
        });
    }

    /** A connection to this server from within, for a BEGIN_DIR stream. */
    ByteStream connect(DirectoryQuery.Asker asker) {
        MemoryStream.Pair pair = MemoryStream.pair();
        serve(load.within(pair.far()), asker);
        return pair.near();
    }

    private void serve(ByteStream client, DirectoryQuery.Asker asker) {
        if (!admit(client, asker.address().map(Endpoint::address))) {
            log.info(Log.Domain.DIRSERV, "Directory: " + CONNECTIONS_MAX + " connections are open, closing the next");
            client.close();
            return;
        }
        tasks.fork("directory request", () -> {
            Time.Timer patience = time.after(PATIENCE, client::close);
            try (client) {
                exchange(client, asker);
                client.finish();
            } catch (IOException gone) {
                log.debug(Log.Domain.DIRSERV, "Directory connection ended: " + gone.getMessage());
            } finally {
                patience.cancel();
                leave(client);
            }
        });
    }

    /** Counts a connection in, if need be in place of another. */
    private boolean admit(ByteStream client, Optional<InetAddress> from) {
        Optional<ByteStream> leaving = Optional.empty();
        lock.lock();
        try {
            if (open >= CONNECTIONS_MAX) {
                leaving = unheard.isEmpty()
                        ? oldestOfGreediest(from)
                        : Optional.of(unheard.iterator().next());
                if (leaving.isEmpty()) {
                    return false;
                }
                unheard.remove(leaving.get());
                askers.remove(leaving.get());
            }
            open++; // the one sent away still counts until his task has ended, soon
            unheard.add(client);
            askers.put(client, from);
        } finally {
            lock.unlock();
        }
        leaving.ifPresent(ByteStream::close);
        return true;
    }

    /** Of whoever has most connections, if the one who asks for another would not have as many himself. Under the lock. */
    private Optional<ByteStream> oldestOfGreediest(Optional<InetAddress> from) {
        Map<Optional<InetAddress>, Integer> counts = new LinkedHashMap<>();
        askers.values().forEach(each -> counts.merge(each, 1, Integer::sum));
        int most = counts.values().stream().mapToInt(count -> count).max().orElse(0);
        if (counts.getOrDefault(from, 0) + 1 >= most) {
            return Optional.empty();
        }
        return askers.entrySet().stream()
                .filter(each -> counts.getOrDefault(each.getValue(), 0) == most)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private void heard(ByteStream client) {
        lock.lock();
        try {
            unheard.remove(client);
        } finally {
            lock.unlock();
        }
    }

    private void leave(ByteStream client) {
        lock.lock();
        try {
            unheard.remove(client);
            askers.remove(client);
            open--;
        } finally {
            lock.unlock();
        }
    }

    /** Reads a request and answers it; nothing answers who asks for something else than GET and POST, as in C tor. */
    private void exchange(ByteStream client, DirectoryQuery.Asker asker) throws IOException, InterruptedException {
        try (Uploads.Share share = uploads.share(asker)) {
            DirectoryReply reply;
            Set<ContentCoding> accepted = Set.of();
            try {
                HttpMessage.Incoming incoming = HttpMessage.readHead(client);
                Optional<DirectoryQuery.Method> method = method(incoming);
                if (method.isEmpty()) {
                    return;
                }
                accepted = accepted(incoming);
                String path = path(incoming);
                Optional<byte[]> body = body(incoming, method.get(), path, share);
                heard(client);
                reply = body.isPresent()
                        ? answer(new DirectoryQuery(method.get(), path, incoming.headers(), body.get(), asker))
                        : BUSY;
            } catch (TorException malformed) {
                log.info(Log.Domain.DIRSERV, malformed.in("Directory request").getMessage());
                reply = DirectoryReply.status(400, "Bad request");
            }
            writer.write(client, isTooMuch(reply, accepted, asker) ? BUSY : reply, accepted, asker);
        }
    }

    /** As in C tor, only those who ask a DirPort are sent away, and a compressed document counts for half of its length. */
    private boolean isTooMuch(DirectoryReply reply, Set<ContentCoding> accepted, DirectoryQuery.Asker asker) {
        return switch (reply.form()) {
            case NONE, PAGE -> false;
            case MADE, DOCUMENTS, VOTES, CONSENSUS, DIFF -> {
                boolean plain = reply.form().coding(accepted) == ContentCoding.IDENTITY;
                yield !asker.tunnelled() && load.isTooMuch(asker.address(), reply.length() / (plain ? 1 : 2));
            }
        };
    }

    private static Optional<DirectoryQuery.Method> method(HttpMessage.Incoming incoming) {
        return switch (incoming.method()) {
            case "GET" -> Optional.of(DirectoryQuery.Method.GET);
            case "POST" -> Optional.of(DirectoryQuery.Method.POST);
            default -> Optional.empty();
        };
    }

    /** What is posted; nothing when too much is being posted already. Who takes nothing in does not read it either. */
    private Optional<byte[]> body(
            HttpMessage.Incoming incoming, DirectoryQuery.Method method, String path, Uploads.Share share)
            throws IOException, TorException {
        int bodyMax = method == DirectoryQuery.Method.GET ? 0 : bodyMax(path);
        if (bodyMax == 0) {
            return Optional.of(new byte[0]);
        }
        return incoming.request(bodyMax, share).map(HttpMessage.Request::body);
    }

    private int bodyMax(String path) {
        return handlers.stream()
                .mapToInt(handler -> handler.bodyMax(path))
                .max()
                .orElse(0);
    }

    /** From {@code /tor/} on, and without the {@code .z} of old: however it is written. */
    private static String path(HttpMessage.Incoming incoming) {
        String path = incoming.target().replaceFirst("^https?://[^/]*", "");
        String plain = path.endsWith(".z") ? path.substring(0, path.length() - 2) : path;
        return plain.startsWith("/tor/") ? plain : "/tor" + (plain.startsWith("/") ? "" : "/") + plain;
    }

    private static Set<ContentCoding> accepted(HttpMessage.Incoming incoming) {
        Set<ContentCoding> accepted = ContentCoding.accepted(
                incoming.headers().first("Accept-Encoding").orElse(""));
        if (incoming.target().endsWith(".z")) {
            accepted.add(ContentCoding.DEFLATE);
        }
        return accepted;
    }

    private DirectoryReply answer(DirectoryQuery query) throws InterruptedException {
        for (DirectoryHandler handler : handlers) {
            Optional<DirectoryReply> reply = handler.answer(query);
            if (reply.isPresent()) {
                return isNews(query, reply.get()) ? reply.get() : DirectoryReply.notModified();
            }
        }
        boolean refused = query.method() == DirectoryQuery.Method.POST && bodyMax(query.path()) == 0;
        return refused
                ? DirectoryReply.status(400, "Nonauthoritative directory does not accept posted server descriptors")
                : DirectoryReply.notFound();
    }

    private static boolean isNews(DirectoryQuery query, DirectoryReply reply) {
        Optional<Instant> known = query.headers().time("If-Modified-Since");
        return known.isEmpty()
                || reply.modified().isEmpty()
                || reply.modified().get().isAfter(known.get());
    }
}
