/** Onion services of version 3: reaching them, and being one. */
module io.allium.onionservice {
    requires static transitive org.jspecify;
    requires transitive io.allium.base;
    requires transitive io.allium.crypto;
    requires transitive io.allium.control;
    requires transitive io.allium.cell;
    requires transitive io.allium.netdoc;
    requires transitive io.allium.channel;
    requires transitive io.allium.circuit;
    requires transitive io.allium.directory;
    requires transitive io.allium.client;

    exports io.allium.onionservice;
}
