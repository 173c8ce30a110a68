package io.allium.bench;

import java.nio.file.Path;

/** One process of a private network. */
record Node(
        String name,
        Implementation implementation,
        Path folder,
        int orPort,
        int dirPort,
        int socksPort,
        int controlPort) {
    boolean isAuthority() {
        return name.startsWith("auth");
    }

    /** Whether it is no relay: a client, or an onion service. */
    boolean isClient() {
        return !isAuthority() && !name.startsWith("relay");
    }

    Path log() {
        return folder.resolve("notice.log");
    }

    Path torrc() {
        return folder.resolve("torrc");
    }
}
