package io.allium.sim;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Network;
import io.allium.base.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Serves every {@link Page} by HTTP/1.0, to whoever asks. Confined to its host. */
final class WebServer {
    static final int PORT = 80;

    /** Longer than any head that is asked for here. */
    private static final int HEAD_MAX = 1024;

    private static final int CHUNK = 16 * 1024;

    private final SimHost host;
    private final String name;
    private long served;

    private WebServer(SimHost host, String name) {
        this.host = host;
        this.name = name;
    }

    /** Listens on the first address of {@code host}, which is {@code name}'s. */
    static WebServer start(SimHost host, String name) throws LocalFailure {
        WebServer server = new WebServer(host, name);
        Network.Listener listener =
                host.network().listen(new Endpoint(host.addresses().getFirst(), PORT));
        host.fork("web server", () -> server.acceptAll(listener));
        return server;
    }

    String name() {
        return name;
    }

    /** How many pages it has sent as a whole. */
    long served() {
        return served;
    }

    private void acceptAll(Network.Listener listener) throws InterruptedException {
        while (true) {
            try {
                Wire wire = listener.accept();
                host.fork("web request", () -> serve(wire));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Wire wire) {
        try (wire) {
            String request = head(wire);
            Page page = Page.at(request.split(" ", 3)[1]);
            wire.write(("HTTP/1.0 200 OK\r\nContent-Length: " + page.length() + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            for (int at = 0; at < page.length(); at += CHUNK) {
                wire.write(page.bytes(at, CHUNK));
            }
            wire.finish();
            served++;
        } catch (IOException readerGone) {
            host.trace("a reader went away");
        }
    }

    /** Everything up to the empty line, which it swallows; byte by byte, so that nothing behind it is taken. */
    static String head(ByteStream stream) throws IOException {
        StringBuilder head = new StringBuilder();
        byte[] one = new byte[1];
        while (head.length() < HEAD_MAX) {
            if (stream.read(one, 0, 1) < 0) {
                throw new EOFException("ended inside a head");
            }
            head.append((char) one[0]);
            if (head.length() > 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
                return head.toString();
            }
        }
        throw new IOException("a head without an end");
    }
}
