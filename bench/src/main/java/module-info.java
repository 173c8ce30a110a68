/** How fast and how large Allium is, beside C tor. A program, of which nothing is exported. */
module io.allium.bench {
    requires static transitive org.jspecify;
    requires io.allium.authority;
    requires io.allium.base;
    requires io.allium.cell;
    requires io.allium.channel;
    requires io.allium.circuit;
    requires io.allium.control;
    requires io.allium.crypto;
    requires io.allium.directory;
    requires io.allium.netdoc;
    requires jdk.jfr;
}
