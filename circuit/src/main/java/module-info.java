/** Layers, streams and their flow over channels. */
module io.allium.circuit {
    requires static transitive org.jspecify;
    requires transitive io.allium.base;
    requires transitive io.allium.crypto;
    requires transitive io.allium.cell;
    requires transitive io.allium.channel;

    exports io.allium.circuit;
}
