/** What we need from the machine, and bytes. */
module io.allium.base {
    requires static transitive org.jspecify;

    exports io.allium.base;
}
