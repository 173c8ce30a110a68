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

    boolean isClient() {
        return name.startsWith("client");
    }

    Path log() {
        return folder.resolve("notice.log");
    }

    Path torrc() {
        return folder.resolve("torrc");
    }
}
