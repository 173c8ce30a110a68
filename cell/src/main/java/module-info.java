/** The binary language between relays. */
module io.allium.cell {
    requires static transitive org.jspecify;
    requires transitive io.allium.base;
    requires transitive io.allium.crypto;

    exports io.allium.cell;
}
