package io.allium.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An onion service that leads to the load server, as a torrc has it. */
record OnionSite(Path folder, List<String> options) {
    static final int PORT = 80;

    OnionSite {
        options = List.copyOf(options);
    }

    /** @param options further ones of this service */
    static OnionSite in(Path folder, String... options) {
        return new OnionSite(folder, List.of(options));
    }

    List<String> torrc(LoadServer server) {
        List<String> lines = new ArrayList<>(List.of(
                "HiddenServiceDir " + folder,
                "HiddenServicePort " + PORT + " 127.0.0.1:" + server.address().getPort()));
        lines.addAll(options);
        return lines;
    }

    /** Whether whoever offers it has made its keys. */
    boolean hasName() {
        return Files.exists(folder.resolve("hostname"));
    }

    String host() throws IOException {
        return Files.readString(folder.resolve("hostname")).strip();
    }
}
