/** Agreeing on the network. */
module io.allium.authority {
    exports io.allium.authority;

    requires static transitive org.jspecify;
    requires transitive io.allium.base;
    requires transitive io.allium.crypto;
    requires transitive io.allium.cell;
    requires transitive io.allium.netdoc;
    requires transitive io.allium.channel;
    requires transitive io.allium.directory;
    requires transitive io.allium.client;
    requires transitive io.allium.relay;
}
