/** A Tor network in one JVM, in virtual time, from a seed. */
module io.allium.sim {
    requires static transitive org.jspecify;
    requires transitive io.allium.base;
    requires transitive io.allium.crypto;
    requires transitive io.allium.cell;
    requires transitive io.allium.netdoc;
    requires transitive io.allium.channel;
    requires transitive io.allium.circuit;
    requires transitive io.allium.directory;
    requires transitive io.allium.client;
    requires transitive io.allium.relay;
    requires transitive io.allium.authority;
    requires transitive io.allium.app;

    exports io.allium.sim;
}
