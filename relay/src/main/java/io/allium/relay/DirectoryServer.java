package io.allium.relay;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.ProtocolViolation;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Wire;
import io.allium.directory.ContentCoding;
import io.allium.directory.HttpHeaders;
import io.allium.directory.HttpMessage;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Answers directory requests, one a connection, whether they come over BEGIN_DIR or to a DirPort. What to answer is the
 * handlers' business; this reads the request within its bounds, compresses, and writes the header as C tor does.
 *
 * <p>Each connection has a virtual thread of its own, so a slow one costs only itself, and at most {@link #PATIENCE}.
 * Where there are too many, whoever has not said for longest what he wants goes: silence must not keep others out.
 * Immutable but for the connections, which are guarded by {@code lock}.
 *
 * @spec dir-spec 6
 */
public final class DirectoryServer {
    /** Connections served at once. A consensus in flight to each is some 2 MB: 1 GB at most. */
    static final int CONNECTIONS_MAX = 512;

    /** How long one request with its answer may take. C tor closes a directory connection that stalls for 5 minutes. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private final List<DirectoryHandler> handlers;
    private final int bodyMax;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<ByteStream> unheard = new LinkedHashSet<>(); // those whose request has not come; oldest first
    private int open;

    /** @param handlers asked in this order until one answers */
    public DirectoryServer(Time time, Tasks tasks, Log log, List<DirectoryHandler> handlers) {
        this.time = time;
        this.tasks = tasks;
        this.log = log;
        this.handlers = List.copyOf(handlers);
        this.bodyMax =
                this.handlers.stream().mapToInt(DirectoryHandler::bodyMax).max().orElse(0);
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
                serve(client, new DirectoryQuery.Asker(address, false, false));
            }
        });
    }

    /** A connection to this server from within, for a BEGIN_DIR stream. */
    ByteStream connect(DirectoryQuery.Asker asker) {
        MemoryStream.Pair pair = MemoryStream.pair();
        serve(pair.far(), asker);
        return pair.near();
    }

    private void serve(ByteStream client, DirectoryQuery.Asker asker) {
        if (!admit(client)) {
            log.info(Log.Domain.DIRSERV, "Directory: " + CONNECTIONS_MAX + " connections are open, closing the next");
            client.close();
            return;
        }
        tasks.fork("directory request", () -> {
            Time.Timer patience = time.after(PATIENCE, client::close);
            try (client) {
                client.write(replyTo(client, asker));
                client.finish();
            } catch (IOException gone) {
                log.debug(Log.Domain.DIRSERV, "Directory connection ended: " + gone.getMessage());
            } finally {
                patience.cancel();
                leave(client);
            }
        });
    }

    /** Counts a connection in, if need be in place of the one that has been silent for longest. */
    private boolean admit(ByteStream client) {
        ByteStream silent = null;
        lock.lock();
        try {
            if (open >= CONNECTIONS_MAX) {
                if (unheard.isEmpty()) {
                    return false;
                }
                silent = unheard.iterator().next();
                unheard.remove(silent);
            }
            open++; // the one sent away still counts until his task has ended, soon
            unheard.add(client);
        } finally {
            lock.unlock();
        }
        if (silent != null) {
            silent.close();
        }
        return true;
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
            open--;
        } finally {
            lock.unlock();
        }
    }

    /** Reads a request and makes the whole answer. */
    private byte[] replyTo(ByteStream client, DirectoryQuery.Asker asker) throws IOException, InterruptedException {
        DirectoryQuery query;
        try {
            query = query(HttpMessage.readRequest(client, bodyMax), asker);
            heard(client);
        } catch (TorException malformed) {
            log.info(Log.Domain.DIRSERV, malformed.in("Directory request").getMessage());
            return encode(DirectoryReply.status(400, "Bad request"), ContentCoding.IDENTITY, asker);
        }
        return encode(answer(query), coding(query), asker);
    }

    private static DirectoryQuery query(HttpMessage.Request request, DirectoryQuery.Asker asker)
            throws ProtocolViolation {
        boolean deflated = request.target().endsWith(".z");
        String path = deflated ? request.target().substring(0, request.target().length() - 2) : request.target();
        return switch (request.method()) {
            case "GET" ->
                new DirectoryQuery(DirectoryQuery.Method.GET, path, request.headers(), new byte[0], deflated, asker);
            case "POST" ->
                new DirectoryQuery(
                        DirectoryQuery.Method.POST, path, request.headers(), request.body(), deflated, asker);
            default -> throw new ProtocolViolation("neither GET nor POST");
        };
    }

    private DirectoryReply answer(DirectoryQuery query) throws InterruptedException {
        for (DirectoryHandler handler : handlers) {
            Optional<DirectoryReply> reply = handler.answer(query);
            if (reply.isPresent()) {
                return isNews(query, reply.get()) ? reply.get() : DirectoryReply.status(304, "Not modified");
            }
        }
        return DirectoryReply.notFound();
    }

    private static boolean isNews(DirectoryQuery query, DirectoryReply reply) {
        Optional<Instant> known = query.headers().time("If-Modified-Since");
        return known.isEmpty()
                || reply.modified().isEmpty()
                || reply.modified().get().isAfter(known.get());
    }

    private static ContentCoding coding(DirectoryQuery query) {
        if (query.deflated()) {
            return ContentCoding.DEFLATE;
        }
        ContentCoding best =
                ContentCoding.best(query.headers().first("Accept-Encoding").orElse(""));
        // An anonymous client that accepts anything unusual would stand out: they all get deflate or nothing.
        return query.asker().anonymous() && best == ContentCoding.GZIP ? ContentCoding.IDENTITY : best;
    }

    /** The header lines in C tor's order. */
    private byte[] encode(DirectoryReply reply, ContentCoding coding, DirectoryQuery.Asker asker) {
        Instant now = time.now().truncatedTo(ChronoUnit.SECONDS);
        HttpHeaders headers = HttpHeaders.NONE.with("Date", now);
        if (reply.status() != 200) {
            return new HttpMessage.Response(reply.status(), reply.phrase(), headers, new byte[0]).encode();
        }
        headers = headers.with("Content-Type", "text/plain");
        Optional<String> seen =
                asker.address().filter(DirectoryServer::isPublic).map(from -> Endpoint.text(from.address()));
        if (seen.isPresent()) {
            headers = headers.with("X-Your-Address-Is", seen.get());
        }
        byte[] body = coding.encode(reply.body());
        headers = headers.with("Content-Encoding", coding.token()).with("Content-Length", "" + body.length);
        headers = reply.lifetime().isPresent()
                ? headers.with("Expires", now.plus(reply.lifetime().get()))
                : headers.with("Pragma", "no-cache");
        for (DirectoryReply.Header more : reply.headers()) {
            headers = headers.with(more.name(), more.value());
        }
        return new HttpMessage.Response(200, reply.phrase(), headers, body).encode();
    }

    /** An address near us is where a port was forwarded from, and would mislead whoever asked. */
    private static boolean isPublic(Endpoint from) {
        return !from.address().isLoopbackAddress()
                && !from.address().isSiteLocalAddress()
                && !from.address().isLinkLocalAddress();
    }
}
