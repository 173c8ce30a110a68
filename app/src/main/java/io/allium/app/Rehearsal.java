package io.allium.app;

import com.sun.net.httpserver.HttpServer;
import io.allium.base.Disk;
import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNames;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.Time;
import io.allium.base.Untrusted;
import io.allium.directory.DocumentStore;
import io.allium.directory.NetworkView;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * All that a Tor does soon after its start, done once while the JVM watches, which then loads the same classes faster and
 * knows what to compile: the launcher runs it when Allium has been built. Nothing of it stays but what the JVM noted. It
 * brings up a private network as the demo does, fetches its page, starts its client again, and reads the directory as
 * often as a directory of thousands makes necessary. Confined to the main thread.
 */
public final class Rehearsal {
    /** With the network's nine relays about as many as the public network has. */
    private static final int READINGS = 1000;

    private static final PrintStream NOWHERE = new PrintStream(PrintStream.nullOutputStream());

    private final Time time;
    private final Entropy entropy = new SystemEntropy();
    private final Disk disk = new SystemDisk();

    private Rehearsal(Time time) {
        this.time = time;
    }

    /** Any failure is reported by the JVM, and makes the launcher go without. */
    public static void main(String[] arguments) throws Exception {
        try (SystemTime time = new SystemTime()) {
            new Rehearsal(time).run();
        }
        System.exit(0);
    }

    private void run() throws Exception {
        commandLine("--version");
        commandLine("--verify-config", "--ignore-missing-torrc", "-f", "/dev/null");
        Path folder = Files.createTempDirectory("allium-rehearsal");
        HttpServer web = Demo.webServer();
        try (ThreadTasks tasks = new ThreadTasks(Log.NONE, Runtime.getRuntime().availableProcessors());
                DemoNetwork network =
                        new DemoNetwork(folder, time, entropy, new SystemNetwork(), disk, tasks, new SystemNames())) {
            web.start();
            Tor client = new Demo(NOWHERE, time).show(network, web.getAddress().getPort());
            fetch(client.socksPorts().getFirst(), web.getAddress());
            client.close();
            startAgain(network);
            readDirectory(network.folder().resolve("client"));
        } finally {
            web.stop(0);
            Demo.remove(folder);
        }
    }

    private void commandLine(String... arguments) {
        new Main(NOWHERE, NOWHERE, new ByteArrayInputStream(new byte[0]), time, entropy, disk).run(List.of(arguments));
    }

    /** As an application does. */
    private static void fetch(Endpoint socks, InetSocketAddress web) throws IOException {
        InetSocketAddress port = new InetSocketAddress(InetAddress.getLoopbackAddress(), socks.port());
        try (Socket stream = new Socket(new Proxy(Proxy.Type.SOCKS, port))) {
            stream.connect(web);
            stream.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            if (stream.getInputStream().readAllBytes().length == 0) {
                throw new IOException("the page did not come");
            }
        }
    }

    /** From a cached directory, and with a control port. */
    private void startAgain(DemoNetwork network) throws Exception {
        try (Tor again = network.startClient("SocksPort auto\nControlPort auto\nCookieAuthentication 1\n")) {
            again.bootstrapped().get();
        }
    }

    private void readDirectory(Path cache) throws Untrusted {
        DocumentStore store = new DocumentStore(disk, cache, Log.NONE);
        byte[] saved = store.consensus(ConsensusFlavor.MICRODESC).orElseThrow();
        for (int i = 0; i < READINGS; i++) {
            Consensus consensus = Consensus.parse(saved).claimed();
            consensus.sha256();
            NetworkView.of(consensus.body(), store.microdescriptors().values()).pathFraction();
        }
    }
}
