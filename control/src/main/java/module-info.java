/** What controllers see and do, and how they say it: the control protocol. */
module io.allium.control {
    requires static transitive org.jspecify;
    requires transitive io.allium.base;
    requires transitive io.allium.crypto;

    exports io.allium.control;
}
