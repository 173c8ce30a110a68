/** What we believe about the network. */
module io.allium.directory {
    requires static transitive org.jspecify;
    requires transitive io.allium.base;
    requires transitive io.allium.crypto;
    requires transitive io.allium.control;
    requires transitive io.allium.netdoc;
    requires org.tukaani.xz;

    exports io.allium.directory;
}
