/** Cells to and from one neighbour over TLS. */
module io.allium.channel {
    requires static transitive org.jspecify;
    requires transitive io.allium.base;
    requires transitive io.allium.crypto;
    requires transitive io.allium.control;
    requires transitive io.allium.cell;

    exports io.allium.channel;
}
