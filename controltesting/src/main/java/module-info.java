/** A control port for tests, and who asks it; not shipped. */
module io.allium.controltesting {
    requires static transitive org.jspecify;
    requires transitive io.allium.control;

    exports io.allium.controltesting;
}
