/** What the tests of several modules share; not shipped. */
module io.allium.testing {
    requires static transitive org.jspecify;
    requires transitive io.allium.base;

    exports io.allium.testing;
}
