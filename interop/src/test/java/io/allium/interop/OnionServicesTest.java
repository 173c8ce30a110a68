package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.SystemEntropy;
import io.allium.crypto.Base32;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.OnionAddress;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Onion services over C tor's relays: our client visits C tor's services, C tor's visits ours, and ours visits ours; some of
 * them let only clients in whom they know.
 */
class OnionServicesTest {
    private static final int SIZE = 1_000_000;

    /** SOCKS replies: all is well, a key is missing, and the name is mistyped. */
    private static final int SUCCEEDED = 0;

    private static final int KEY_MISSING = 0xf4;
    private static final int BAD_ADDRESS = 0xf6;

    @TempDir
    Path folder;

    private final Curve25519KeyPair key = Curve25519KeyPair.generate(new SystemEntropy());

    @Test
    void clientsAndServicesOfBothKindsMeet() throws Exception {
        try (WebServer web = new WebServer();
                MixedNetwork network = MixedNetwork.up(folder, ours -> false, false)) {
            MixedNetwork.Node theirs = network.join("client1", false, services("client1", web));
            MixedNetwork.Node ours = network.join("client2", true, services("client2", web));
            Path keys = privateFolder(folder.resolve("keys"));
            authorize(keys, address(theirs, "closed"));
            MixedNetwork.Node visitor = network.join("client3", true, List.of("ClientOnionAuthDir " + keys));
            MixedNetwork.Node stranger = network.join("client4", true, List.of("SafeSocks 0"));
            network.await("our services did not find that they can be reached", () -> ready(ours) == 2);

            visit(network.client(), address(ours, "open"), web);
            visit(visitor, address(theirs, "open"), web);
            visit(visitor, address(ours, "open"), web);
            visit(visitor, address(theirs, "closed"), web);

            assertThat(reply(stranger, address(theirs, "closed").host())).isEqualTo(KEY_MISSING);
            assertThat(reply(stranger, address(ours, "closed").host())).isEqualTo(KEY_MISSING);
            assertThat(reply(stranger, "www." + address(theirs, "open").host())).isEqualTo(SUCCEEDED);
            assertThat(reply(stranger, "a" + address(theirs, "open").host().substring(1)))
                    .isEqualTo(BAD_ADDRESS);
            assertThat(network.logs().complaints()).isEmpty();
            assertThat(network.logs().violations()).isEmpty();
        }
    }

    /** One that everybody may visit, with a queue for those who work for it, and one for those who have our key. */
    private List<String> services(String node, WebServer web) throws IOException {
        Path open = folder.resolve(node + "-open");
        Path closed = privateFolder(folder.resolve(node + "-closed"));
        Path clients = privateFolder(closed.resolve("authorized_clients"));
        Files.writeString(
                clients.resolve("alice.auth"),
                "descriptor:x25519:" + Base32.encode(key.publicKey().bytes()).toUpperCase(Locale.ROOT) + "\n");
        return List.of(
                "HiddenServiceDir " + open,
                "HiddenServicePort 80 127.0.0.1:" + web.port(),
                "HiddenServicePoWDefensesEnabled 1",
                "HiddenServiceDir " + closed,
                "HiddenServicePort 80 127.0.0.1:" + web.port());
    }

    private void authorize(Path keys, OnionAddress service) throws IOException {
        Files.writeString(
                keys.resolve("it.auth_private"),
                service.label() + ":descriptor:x25519:"
                        + Base32.encode(key.secret()).toUpperCase(Locale.ROOT) + "\n");
    }

    private static Path privateFolder(Path path) throws IOException {
        Files.createDirectories(path);
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    }

    private OnionAddress address(MixedNetwork.Node node, String service) throws Exception {
        Path hostname = folder.resolve(node.name() + "-" + service).resolve("hostname");
        return OnionAddress.parse(Files.readString(hostname).strip());
    }

    /** Services that were found by a client of their own, let it in, and met it. */
    private static long ready(MixedNetwork.Node node) throws IOException {
        try (var lines = Files.lines(node.log())) {
            return lines.filter(line -> line.contains("is ready: ") && line.contains("a visit to itself"))
                    .count();
        }
    }

    private void visit(MixedNetwork.Node client, OnionAddress service, WebServer web) throws Exception {
        byte[] body = Programs.run(
                        folder,
                        "curl",
                        "-sS",
                        "--fail",
                        "--retry",
                        "3",
                        "--retry-all-errors",
                        "--max-time",
                        "300",
                        "--socks5-hostname",
                        "127.0.0.1:" + client.socksPort(),
                        "http://" + service.host() + "/bytes/" + SIZE)
                .output();
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body)))
                .as("what " + client.name() + " got through port " + web.port())
                .isEqualTo(WebServer.digestOfBytes(SIZE));
    }

    /** What a SOCKS port answers to a request for port 80 of this host. */
    private static int reply(MixedNetwork.Node client, String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), client.socksPort())) {
            socket.getOutputStream().write(new byte[] {5, 1, 0});
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readFully(new byte[2]);
            byte[] name = host.getBytes(StandardCharsets.US_ASCII);
            byte[] request = new byte[7 + name.length];
            System.arraycopy(new byte[] {5, 1, 0, 3, (byte) name.length}, 0, request, 0, 5);
            System.arraycopy(name, 0, request, 5, name.length);
            request[request.length - 1] = 80;
            socket.getOutputStream().write(request);
            in.readByte();
            return in.readUnsignedByte();
        }
    }
}
