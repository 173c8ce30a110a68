package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.cell.BeginFlags;
import io.allium.cell.RelayMessage;
import io.allium.client.Destination;
import io.allium.client.Isolation;
import io.allium.client.StreamEvents;
import io.allium.client.Tunnels;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** One application at a SOCKS port, from its request to the end of its stream. Confined to its task. */
final class SocksSession {
    /** How long an application may take to say what it wants; C tor's SocksTimeout. */
    private static final Duration REQUEST_PATIENCE = Duration.ofMinutes(2);

    /** For how long, and how much, an application may go on after it was told that this is no such port. */
    private static final Duration READ_OUT_PATIENCE = Duration.ofSeconds(2);

    private static final int READ_OUT_MAX = 64 * 1024;

    /** How often it is looked whether an application that waits for its stream is still there. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Wire application;
    private final SocksListener listener;
    private final Streams streams;
    private final Time time;
    private final Log log;
    private final SocksDialogue socks;

    SocksSession(Wire application, SocksListener listener, Streams streams, Time time, Log log) {
        this.application = application;
        this.listener = listener;
        this.streams = streams;
        this.time = time;
        this.log = log;
        PortLine port = listener.port();
        this.socks = new SocksDialogue(
                application,
                port.has(PortLine.Flag.PREFER_SOCKS_NO_AUTH) || !port.has(PortLine.Flag.ISOLATE_SOCKS_AUTH),
                port.has(PortLine.Flag.EXTENDED_ERRORS));
    }

    void run() throws InterruptedException {
        try (application) {
            SocksRequest request = readRequest();
            listener.heard(application);
            switch (request.command()) {
                case CONNECT -> connect(request);
                case RESOLVE, RESOLVE_PTR -> resolve(request);
            }
        } catch (IOException gone) {
            log.info(Domain.APP, "An application left its SOCKS port: " + gone.getMessage());
        } catch (TorException refused) {
            log.info(Domain.APP, "A SOCKS request failed: " + refused.getMessage());
        }
    }

    /** Reads what is still coming: with bytes unread, closing would take our answer from the application. */
    private void readOut() throws IOException {
        Time.Timer patience = time.after(READ_OUT_PATIENCE, application::close);
        try {
            application.finish();
            byte[] buffer = new byte[4096];
            int left = READ_OUT_MAX;
            for (int count = 0; count >= 0 && left > 0; left -= count) {
                count = application.read(buffer, 0, buffer.length);
            }
        } finally {
            patience.cancel();
        }
    }

    private void connect(SocksRequest request) throws IOException, TorException, InterruptedException {
        Streams.Opened stream;
        try {
            SocksRequest served = listener.admit(request);
            Isolation isolation = isolation(request);
            Tunnels.Origin origin = origin(request, served);
            stream = opened(() -> streams.connect(destination(served), isolation, origin));
        } catch (TorException refused) {
            socks.reply(SocksReply.of(refused));
            throw refused;
        }
        try (stream) {
            socks.reply(SocksReply.SUCCEEDED);
            stream.splice(application);
        }
    }

    /** Opens a stream. */
    private interface Opening {
        Streams.Opened open() throws TorException, InterruptedException;
    }

    /** Waits for a stream as long as the application does: when it leaves, whoever works for its stream is to stop. */
    private Streams.Opened opened(Opening opening) throws IOException, TorException, InterruptedException {
        CompletableFuture<Streams.Opened> coming = new CompletableFuture<>();
        Tasks.Task task = listener.fork("stream", () -> {
            try {
                Streams.Opened stream = opening.open();
                if (!coming.complete(stream)) {
                    stream.close();
                }
            } catch (TorException failed) {
                coming.completeExceptionally(failed);
            } finally {
                coming.completeExceptionally(new Unreachable("given up")); // nothing where it is complete
            }
        });
        boolean isGiven = false;
        try {
            Streams.Opened stream = awaited(coming);
            isGiven = true;
            return stream;
        } finally {
            if (!isGiven) {
                if (!coming.completeExceptionally(new Unreachable("nobody waits for it"))) {
                    coming.thenAccept(Streams.Opened::close);
                }
                task.cancel();
            }
        }
    }

    private Streams.Opened awaited(CompletableFuture<Streams.Opened> coming)
            throws IOException, TorException, InterruptedException {
        while (true) {
            try {
                return time.await(coming, LOOK);
            } catch (TimeoutException notYet) {
                if (application.isFinished()) {
                    throw new EOFException("before its stream was there");
                }
            } catch (ExecutionException failed) {
                throw failed.getCause() instanceof TorException why ? why : new Unreachable("a bug", failed);
            }
        }
    }

    private void resolve(SocksRequest request) throws IOException, TorException, InterruptedException {
        try {
            SocksRequest served = listener.admit(request);
            if (served.command() == SocksRequest.Command.RESOLVE && served.isAddress()) {
                socks.replyAddress(Endpoint.parseAddress(served.host()));
                return;
            }
            answer(request, streams.resolve(served.host(), isolation(request), origin(request, served)));
        } catch (TorException refused) {
            socks.reply(SocksReply.of(refused));
            throw refused;
        }
    }

    /** The answer of the kind that was asked for, of the kind of address that the port prefers. */
    private void answer(SocksRequest request, RelayMessage.Resolved resolved) throws IOException, Refused {
        LookupReply reply = new LookupReply(listener.port(), request.version(), resolved);
        if (request.command() == SocksRequest.Command.RESOLVE_PTR) {
            socks.replyName(reply.name().orElseThrow(SocksSession::noSuchName));
        } else {
            socks.replyAddress(reply.address().orElseThrow(SocksSession::noSuchName));
        }
    }

    private static Refused noSuchName() {
        return new Refused(Refused.Kind.RESOLVE_FAILED, "the exit found no such name");
    }

    private SocksRequest readRequest() throws IOException, ProtocolViolation, Refused {
        Time.Timer patience = time.after(REQUEST_PATIENCE, application::close);
        try {
            return socks.readRequest();
        } catch (Refused unknown) {
            socks.reply(SocksReply.of(unknown));
            throw unknown;
        } catch (ProtocolViolation notSocks) {
            listener.notSocks(notSocks);
            readOut();
            throw notSocks;
        } finally {
            patience.cancel();
        }
    }

    /** Streams share a circuit only if all that the port's flags name is equal, as the application named it. */
    private Isolation isolation(SocksRequest request) {
        PortLine port = listener.port();
        Isolation isolation = Isolation.of(listener.group());
        if (port.has(PortLine.Flag.ISOLATE_SOCKS_AUTH) && request.auth().isPresent()) {
            SocksRequest.Auth auth = request.auth().get();
            isolation = isolation.withAuth(auth.username(), auth.password());
        }
        Endpoint remote = application.remote();
        if (port.has(PortLine.Flag.ISOLATE_CLIENT_ADDR) && remote != null) {
            isolation = isolation.withClient(Endpoint.text(remote.address()));
        }
        if (port.has(PortLine.Flag.ISOLATE_CLIENT_PROTOCOL)) {
            isolation = isolation.withProtocol("SOCKS" + request.version());
        }
        if (port.has(PortLine.Flag.ISOLATE_DEST_ADDR)) {
            isolation = isolation.withDestination(request.host());
        }
        if (port.has(PortLine.Flag.ISOLATE_DEST_PORT)) {
            isolation = isolation.withPort(request.port());
        }
        return isolation;
    }

    private static Destination destination(SocksRequest request) {
        return new Destination(request.host(), request.command() == SocksRequest.Command.CONNECT ? request.port() : 0);
    }

    /** For the control port: where the request comes from; for the exit: which addresses the port's flags allow. */
    private Tunnels.Origin origin(SocksRequest request, SocksRequest served) {
        PortLine port = listener.port();
        BeginFlags addresses = new BeginFlags(
                port.has(PortLine.Flag.IPV6_TRAFFIC),
                !port.has(PortLine.Flag.IPV4_TRAFFIC),
                port.has(PortLine.Flag.PREFER_IPV6));
        boolean isReplaced = !request.host().equals(served.host()) && Destination.isHost(request.host());
        return new Tunnels.Origin(
                asked(request), addresses, isReplaced ? Optional.of(destination(request)) : Optional.empty());
    }

    private StreamEvents.Asked asked(SocksRequest request) {
        Endpoint remote = application.remote();
        StreamEvents.Purpose purpose = request.command() == SocksRequest.Command.CONNECT
                ? StreamEvents.Purpose.USER
                : StreamEvents.Purpose.DNS_REQUEST;
        return new StreamEvents.Asked(
                remote == null ? "" : remote.toString(),
                purpose,
                "SOCKS" + request.version(),
                request.auth().map(SocksRequest.Auth::username).orElse(""),
                request.auth().map(SocksRequest.Auth::password).orElse(""),
                listener.sessionGroup(),
                keptApartBy());
    }

    private Set<StreamEvents.KeptApartBy> keptApartBy() {
        PortLine port = listener.port();
        Set<StreamEvents.KeptApartBy> by =
                EnumSet.of(StreamEvents.KeptApartBy.SESSION_GROUP, StreamEvents.KeptApartBy.NYM_EPOCH);
        if (port.has(PortLine.Flag.ISOLATE_DEST_PORT)) {
            by.add(StreamEvents.KeptApartBy.DESTPORT);
        }
        if (port.has(PortLine.Flag.ISOLATE_DEST_ADDR)) {
            by.add(StreamEvents.KeptApartBy.DESTADDR);
        }
        if (port.has(PortLine.Flag.ISOLATE_SOCKS_AUTH)) {
            by.add(StreamEvents.KeptApartBy.SOCKS_USERNAME);
            by.add(StreamEvents.KeptApartBy.SOCKS_PASSWORD);
        }
        if (port.has(PortLine.Flag.ISOLATE_CLIENT_PROTOCOL)) {
            by.add(StreamEvents.KeptApartBy.CLIENT_PROTOCOL);
        }
        if (port.has(PortLine.Flag.ISOLATE_CLIENT_ADDR)) {
            by.add(StreamEvents.KeptApartBy.CLIENTADDR);
        }
        return by;
    }
}
