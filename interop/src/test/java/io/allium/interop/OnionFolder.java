package io.allium.interop;

import io.allium.base.Untrusted;
import io.allium.crypto.Base32;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.OnionAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The folder of an onion service, whichever implementation runs it. */
record OnionFolder(Path path) {
    /** Makes an empty one, for the service to make its keys in. */
    static OnionFolder make(Path path) throws IOException {
        return new OnionFolder(privateFolder(path));
    }

    /** A folder that only its user may read, as C tor wants those with keys. */
    static Path privateFolder(Path path) throws IOException {
        Files.createDirectories(path);
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    }

    /** What a torrc says of a service that leads to this port of ours. */
    List<String> torrc(int port, String... options) {
        List<String> lines =
                new ArrayList<>(List.of("HiddenServiceDir " + path, "HiddenServicePort 80 127.0.0.1:" + port));
        lines.addAll(List.of(options));
        return lines;
    }

    /** From its start on the service lets in only those whom it knows. */
    void admit(String name, Curve25519Key key) throws IOException {
        Path clients = privateFolder(path.resolve("authorized_clients"));
        Files.writeString(clients.resolve(name + ".auth"), "descriptor:x25519:" + base32(key.bytes()) + "\n");
    }

    /** Puts into a {@code ClientOnionAuthDir} what opens this service. */
    void giveKey(Path keys, Curve25519KeyPair key) throws IOException {
        OnionAddress service = address();
        Files.writeString(
                privateFolder(keys).resolve(service.label() + ".auth_private"),
                service.label() + ":descriptor:x25519:" + base32(key.secret()) + "\n");
    }

    private static String base32(byte[] bytes) {
        return Base32.encode(bytes).toUpperCase(Locale.ROOT);
    }

    boolean hasAddress() {
        return Files.exists(path.resolve("hostname"));
    }

    OnionAddress address() throws IOException {
        try {
            return OnionAddress.parse(Files.readString(path.resolve("hostname")).strip());
        } catch (Untrusted malformed) {
            throw new IOException(path + "/hostname", malformed);
        }
    }

    String site() throws IOException {
        return "http://" + address().host();
    }
}
