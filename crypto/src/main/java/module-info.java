/** Primitives and handshakes as pure functions. */
module io.allium.crypto {
    requires static transitive org.jspecify;
    requires transitive io.allium.base;
    requires org.bouncycastle.provider;
    requires org.bouncycastle.pkix;

    exports io.allium.crypto;
}
