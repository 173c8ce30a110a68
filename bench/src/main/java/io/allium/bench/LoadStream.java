package io.allium.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** A stream through a client's SOCKS port to the {@link LoadServer}, or to an onion service before it. Confined to one thread. */
final class LoadStream implements AutoCloseable {
    /** Without a byte for so long, a stream has failed. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int ATTEMPTS = 8;

    /** RFC 1928 and 1929. */
    private static final byte SOCKS5 = 5;

    private static final byte BY_USER_AND_PASSWORD = 2;
    private static final byte CONNECT = 1;
    private static final byte IPV4 = 1;
    private static final byte NAME = 3;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[LoadServer.PATTERN.length];

    /** What it leads through, for messages. */
    private final String through;

    private LoadStream(Socket socket, String through) throws IOException {
        this.socket = socket;
        this.through = through;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /**
     * Connects through the network's client. A young network may have no circuit to spare for a moment (C tor then
     * refuses at once), so it tries a few times.
     *
     * @param isolation streams of different isolation share no circuit: the user name, by which both isolate
     */
    static LoadStream through(PrivateNetwork network, LoadServer server, String isolation)
            throws IOException, InterruptedException {
        int attempt = 1;
        while (true) {
            try {
                return attempt(network, server, isolation);
            } catch (IOException failed) {
                if (attempt == ATTEMPTS) {
                    String title = network.client().implementation().title();
                    throw new IOException(title + ", try " + attempt + ": " + failed.getMessage(), failed);
                }
                attempt++;
                TimeUnit.SECONDS.sleep(2);
            }
        }
    }

    /** One try. */
    static LoadStream attempt(PrivateNetwork network, LoadServer server, String isolation) throws IOException {
        InetSocketAddress to = server.address();
        Node client = network.client();
        LoadStream stream = dial(
                new InetSocketAddress(to.getAddress(), client.socksPort()),
                client.implementation().title());
        try {
            byte[] address = to.getAddress().getAddress();
            stream.negotiate(
                    ByteBuffer.allocate(1 + address.length)
                            .put(IPV4)
                            .put(address)
                            .array(),
                    to.getPort(),
                    isolation);
            return stream;
        } catch (IOException failed) {
            stream.close();
            throw failed;
        }
    }

    /**
     * One try to reach port {@value OnionSite#PORT} of an onion service.
     *
     * @param patience for the connection
     */
    static LoadStream toOnion(Node client, String host, String isolation, Duration patience) throws IOException {
        LoadStream stream = dial(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), client.socksPort()),
                client.implementation().title());
        try {
            stream.socket.setSoTimeout((int) patience.toMillis());
            byte[] name = host.getBytes(US_ASCII);
            stream.negotiate(
                    ByteBuffer.allocate(2 + name.length)
                            .put(NAME)
                            .put((byte) name.length)
                            .put(name)
                            .array(),
                    OnionSite.PORT,
                    isolation);
            stream.socket.setSoTimeout((int) PATIENCE.toMillis());
            return stream;
        } catch (IOException failed) {
            stream.close();
            throw failed;
        }
    }

    private static LoadStream dial(InetSocketAddress to, String through) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(to, (int) PATIENCE.toMillis());
        return new LoadStream(socket, through);
    }

    /**
     * Fetches so many bytes and checks each.
     *
     * @return that many
     */
    long fetch(long bytes) throws IOException {
        request(bytes);
        long received = 0;
        while (received < bytes) {
            received += receive(received, bytes - received);
        }
        return received;
    }

    /** Asks without waiting for the answer. */
    void request(long bytes) throws IOException {
        out.write(ByteBuffer.allocate(Long.BYTES).putLong(bytes).array());
    }

    /**
     * Takes what has come of an answer, waiting for its first byte.
     *
     * @param received how much of the answer came before
     * @param wanted how much of it is still to come
     */
    int receive(long received, long wanted) throws IOException {
        int place = (int) (received % buffer.length);
        int room = (int) Math.min(wanted, buffer.length - place);
        int count = read(place, room, received);
        if (count < 0) {
            throw new EOFException("the stream ended after " + received + " bytes");
        }
        if (!Arrays.equals(buffer, place, place + count, LoadServer.PATTERN, place, place + count)) {
            throw new IOException("the stream brought other bytes than were sent, after " + received);
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private int read(int place, int room, long received) throws IOException {
        try {
            return in.read(buffer, place, room);
        } catch (SocketTimeoutException stalled) {
            throw new IOException(
                    through + ": no byte for " + PATIENCE.toSeconds() + " s after " + received + " of an answer",
                    stalled);
        }
    }

    private void negotiate(byte[] address, int port, String isolation) throws IOException {
        out.write(new byte[] {SOCKS5, 1, BY_USER_AND_PASSWORD});
        expect(in, SOCKS5, BY_USER_AND_PASSWORD, "the method");
        byte[] user = isolation.getBytes(US_ASCII);
        out.write(ByteBuffer.allocate(4 + user.length)
                .put((byte) 1)
                .put((byte) user.length)
                .put(user)
                .put((byte) 1)
                .put((byte) 'x')
                .array());
        expect(in, 1, 0, "the password");
        out.write(ByteBuffer.allocate(5 + address.length)
                .put(new byte[] {SOCKS5, CONNECT, 0})
                .put(address)
                .putShort((short) port)
                .array());
        expect(in, SOCKS5, 0, "the connection");
        in.skipNBytes(8); // the address that it was bound to
    }

    private static void expect(InputStream in, int version, int answer, String what) throws IOException {
        int first = in.read();
        int second = in.read();
        if (first != version || second != answer) {
            throw new IOException("SOCKS refused " + what + ": " + first + " " + second);
        }
    }
}
