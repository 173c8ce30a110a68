/** Choosing paths and keeping circuits ready. */
module io.allium.client {
    requires static transitive org.jspecify;
    requires transitive io.allium.base;
    requires transitive io.allium.crypto;
    requires transitive io.allium.control;
    requires transitive io.allium.cell;
    requires transitive io.allium.netdoc;
    requires transitive io.allium.channel;
    requires transitive io.allium.circuit;
    requires transitive io.allium.directory;

    exports io.allium.client;
}
