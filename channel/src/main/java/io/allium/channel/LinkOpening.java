package io.allium.channel;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Wire;
import io.allium.cell.CellCodec;
import io.allium.cell.ChannelCell;
import io.allium.crypto.RsaPublicKey;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes a channel of a connection: TLS, then the handshake inside it, on the task that calls. Immutable. */
final class LinkOpening {
    /** From the first byte of TLS to NETINFO; who takes longer is not there, or holds us up on purpose. */
    static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(60);

    /** A channel without circuits is closed after this long, and up to half as long again: as in C tor. */
    private static final Duration IDLE_LIMIT = Duration.ofMinutes(3);

    private final Time time;
    private final Entropy entropy;
    private final Tasks tasks;
    private final Log log;
    private final Loops loops;
    private final Channel.Owner owner;
    private final Budgets budgets;
    private final LinkTls initiator;
    private final List<Integer> versions;

    LinkOpening(
            Time time,
            Entropy entropy,
            Tasks tasks,
            Log log,
            Loops loops,
            Channel.Owner owner,
            Budgets budgets,
            List<Integer> versions) {
        this.time = time;
        this.entropy = entropy;
        this.tasks = tasks;
        this.log = log;
        this.loops = loops;
        this.owner = owner;
        this.budgets = budgets;
        this.initiator = LinkTls.initiator(entropy);
        this.versions = versions;
    }

    /** Makes a channel of a connection that we dialled; a client has no {@code credentials}. The wire is closed on failure. */
    Channel initiate(
            long id,
            Wire wire,
            ChannelTarget target,
            @Nullable LinkCredentials credentials,
            List<InetAddress> addresses)
            throws LinkFailed, InterruptedException {
        TlsSession tls = new TlsSession(initiator.engine(), wire, tasks);
        CellConversation link = new CellConversation(tls, wire, null);
        return open(
                id,
                wire,
                tls,
                link,
                credentials,
                () -> InitiatorHandshake.begin(new InitiatorHandshake.Initiator(
                        link, target, credentials, addresses, versions, time, entropy)));
    }

    /** Makes a channel of a connection that somebody dialled to us. The wire is closed on failure. */
    Channel respond(long id, Wire wire, LinkCredentials credentials, List<InetAddress> addresses)
            throws LinkFailed, InterruptedException {
        TlsSession tls = new TlsSession(credentials.responder().engine(), wire, tasks);
        CellConversation link = new CellConversation(tls, wire, credentials.tlsCertificate());
        return open(
                id,
                wire,
                tls,
                link,
                credentials,
                () -> ResponderHandshake.begin(
                        new ResponderHandshake.Responder(link, credentials, addresses, versions, time, entropy)));
    }

    /** The first state of a handshake, and what is said before it. */
    private interface Beginning {
        LinkHandshake begin() throws IOException;
    }

    private Channel open(
            long id,
            Wire wire,
            TlsSession tls,
            CellConversation link,
            @Nullable LinkCredentials credentials,
            Beginning beginning)
            throws LinkFailed, InterruptedException {
        AtomicBoolean late = new AtomicBoolean();
        Time.Timer limit = time.after(HANDSHAKE_LIMIT, () -> {
            late.set(true);
            wire.close();
        });
        boolean open = false;
        try {
            tls.handshake();
            LinkHandshake.Done done = finish(beginning.begin(), link);
            CircuitTable circuits = circuits(done, credentials);
            Duration idleLimit = IDLE_LIMIT.plusSeconds(entropy.below(IDLE_LIMIT.toSeconds() / 2));
            Channel channel =
                    new Channel(id, done.peer(), circuits, loops, wire, tls, owner, budgets, idleLimit, time, log);
            open = true;
            return channel;
        } catch (SSLException failed) {
            throw new LinkFailed(
                    ChannelEvents.Reason.TLS_ERROR, "TLS handshake failed: " + failed.getMessage(), failed);
        } catch (IOException broken) {
            throw late.get()
                    ? new LinkFailed(ChannelEvents.Reason.TIMEOUT, "handshake not done after 60 s", broken)
                    : new LinkFailed(ChannelEvents.Reason.CONNECTRESET, text(broken), broken);
        } catch (TorException failed) {
            throw new LinkFailed(ChannelEvents.Reason.TLS_ERROR, failed.getMessage(), failed);
        } finally {
            limit.cancel();
            if (!open) {
                wire.close();
            }
        }
    }

    private static LinkHandshake.Done finish(LinkHandshake begun, CellConversation link)
            throws TorException, IOException, InterruptedException, LinkFailed {
        LinkHandshake state = begun;
        while (true) {
            switch (state) {
                case LinkHandshake.Done done -> {
                    return done;
                }
                case LinkHandshake.Mistaken mistaken ->
                    throw new LinkFailed(ChannelEvents.Reason.IDENTITY, mistaken.why());
                case InitiatorHandshake waiting -> state = step(waiting, link);
                case ResponderHandshake waiting -> state = step(waiting, link);
            }
        }
    }

    private static LinkHandshake step(LinkHandshake waiting, CellConversation link)
            throws TorException, IOException, InterruptedException {
        ChannelCell cell = link.next();
        return LinkHandshake.isPadding(cell) ? waiting : waiting.receive(cell);
    }

    /** Which half of the circuit IDs is ours: by who dialled, or below link 4 by whose RSA key is larger. */
    private CircuitTable circuits(LinkHandshake.Done done, @Nullable LinkCredentials credentials) {
        AuthenticatedPeer peer = done.peer();
        int idBytes = CellCodec.of(peer.linkVersion()).circuitIdBytes();
        boolean high = peer.dialled();
        PeerCertificates certificates = done.certificates();
        if (idBytes == 2 && certificates != null && credentials != null) {
            high = isLarger(credentials.identity().rsa().publicKey(), certificates.rsa());
        }
        return new CircuitTable(entropy, idBytes, high);
    }

    /** Both have 1024 bits and the same exponent, so that their encodings compare as their moduli do. */
    private static boolean isLarger(RsaPublicKey ours, RsaPublicKey theirs) {
        return Arrays.compareUnsigned(ours.der(), theirs.der()) > 0;
    }

    private static String text(IOException broken) {
        String message = broken.getMessage();
        return message == null ? "connection broken" : message;
    }
}
