package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Wire;
import io.allium.cell.BeginFlags;
import io.allium.cell.RelayMessage;
import io.allium.client.Destination;
import io.allium.client.Isolation;
import io.allium.client.StreamEvents;
import io.allium.client.Tunnels;
import java.io.IOException;
import java.time.Duration;

/** One application at a SOCKS port, from its request to the end of its stream. Confined to its task. */
final class SocksSession {
    /** How long an application may take to say what it wants; C tor's SocksTimeout. */
    private static final Duration REQUEST_PATIENCE = Duration.ofMinutes(2);

    /** For how long, and how much, an application may go on after it was told that this is no such port. */
    private static final Duration READ_OUT_PATIENCE = Duration.ofSeconds(2);

    private static final int READ_OUT_MAX = 64 * 1024;

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
            stream =
                    streams.connect(new Destination(served.host(), served.port()), isolation(request), origin(request));
        } catch (TorException refused) {
            socks.reply(SocksReply.of(refused));
            throw refused;
        }
        try (stream) {
            socks.reply(SocksReply.SUCCEEDED);
            stream.splice(application);
        }
    }

    private void resolve(SocksRequest request) throws IOException, TorException, InterruptedException {
        try {
            SocksRequest served = listener.admit(request);
            if (served.command() == SocksRequest.Command.RESOLVE && served.isAddress()) {
                socks.replyAddress(Endpoint.parseAddress(served.host()));
                return;
            }
            answer(request, streams.resolve(served.host(), isolation(request), origin(request)));
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

    /** For the control port: where the request comes from; for the exit: which addresses the port's flags allow. */
    private Tunnels.Origin origin(SocksRequest request) {
        PortLine port = listener.port();
        Endpoint remote = application.remote();
        BeginFlags addresses = new BeginFlags(
                port.has(PortLine.Flag.IPV6_TRAFFIC),
                !port.has(PortLine.Flag.IPV4_TRAFFIC),
                port.has(PortLine.Flag.PREFER_IPV6));
        StreamEvents.Purpose purpose = request.command() == SocksRequest.Command.CONNECT
                ? StreamEvents.Purpose.USER
                : StreamEvents.Purpose.DNS_REQUEST;
        return new Tunnels.Origin(remote == null ? "" : remote.toString(), purpose, addresses);
    }
}
