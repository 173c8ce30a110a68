/** The text language of the directory. */
module io.allium.netdoc {
    requires static transitive org.jspecify;
    requires transitive io.allium.base;
    requires transitive io.allium.crypto;
    requires transitive io.allium.cell;

    exports io.allium.netdoc;
}
