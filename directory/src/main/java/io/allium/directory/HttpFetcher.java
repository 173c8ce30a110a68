package io.allium.directory;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/** Asks the DirPorts of directory authorities: how relays and authorities get their documents. Immutable. */
public final class HttpFetcher implements DocumentFetcher {
    private static final Duration DIAL_PATIENCE = Duration.ofSeconds(10);

    /** Connects to a DirPort, as a network does. */
    public interface Dialler {
        ByteStream dial(Endpoint dirPort, Duration patience) throws Unreachable, InterruptedException;
    }

    private final Time time;
    private final Entropy entropy;
    private final Dialler network;
    private final List<DirectoryAuthority> authorities;
    private final Duration patience;

    /**
     * @param authorities of which one is chosen at random for each request
     * @param patience how long an answer may take in all
     */
    public HttpFetcher(
            Time time, Entropy entropy, Dialler network, List<DirectoryAuthority> authorities, Duration patience) {
        this.time = time;
        this.entropy = entropy;
        this.network = network;
        this.authorities = List.copyOf(authorities);
        this.patience = patience;
    }

    /** Asks a random authority, whatever the origin. */
    @Override
    public Answer fetch(DirectoryRequest request, Origin origin) throws TorException, InterruptedException {
        if (authorities.isEmpty()) {
            throw new Unreachable("no directory authority is configured");
        }
        DirectoryAuthority authority = entropy.pick(authorities);
        HttpMessage.Response response = exchange(authority.dirPort(), request.http("" + authority.dirPort()));
        return DocumentFetcher.answer(request, response, authority.nickname())
                .from(authority.dirPort().address());
    }

    private static void giveUp(ByteStream wire, AtomicBoolean late) {
        late.set(true);
        wire.close();
    }

    /** Sends any request to a DirPort and waits for the response; how descriptors and votes are posted. */
    public HttpMessage.Response exchange(Endpoint dirPort, HttpMessage.Request request)
            throws TorException, InterruptedException {
        AtomicBoolean late = new AtomicBoolean();
        try (ByteStream wire = network.dial(dirPort, DIAL_PATIENCE)) {
            Time.Timer impatience = time.after(patience, () -> giveUp(wire, late));
            try {
                wire.write(request.encode());
                return HttpMessage.readResponse(wire);
            } finally {
                impatience.cancel();
            }
        } catch (IOException broken) {
            String why = late.get()
                    ? "no whole answer for " + patience.toSeconds() + " s"
                    : Objects.requireNonNullElse(broken.getMessage(), "the connection broke");
            throw new Unreachable("directory " + dirPort + ": " + why, broken);
        } catch (TorException failed) {
            throw failed.in("directory " + dirPort);
        }
    }
}
