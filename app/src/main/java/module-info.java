/** Configuration, listeners, control port, main(). */
module io.allium.app {
    requires static transitive org.jspecify;
    requires transitive io.allium.base;
    requires io.allium.web;
    requires transitive io.allium.crypto;
    requires transitive io.allium.control;
    requires transitive io.allium.cell;
    requires transitive io.allium.netdoc;
    requires transitive io.allium.channel;
    requires transitive io.allium.circuit;
    requires transitive io.allium.directory;
    requires transitive io.allium.client;
    requires transitive io.allium.onionservice;
    requires transitive io.allium.relay;
    requires transitive io.allium.authority;
    requires com.google.zxing; // QR codes
    requires jdk.httpserver; // the demo's web page
    requires jdk.unsupported; // signals

    exports io.allium.app;
}
