/** The small web server behind an onion address. */
module io.allium.web {
    requires static transitive org.jspecify;
    requires transitive io.allium.base;

    exports io.allium.web;
}
