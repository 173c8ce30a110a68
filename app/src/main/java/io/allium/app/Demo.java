package io.allium.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNames;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.client.AttachedStream;
import io.allium.client.CircuitEvents;
import io.allium.client.Destination;
import io.allium.client.Isolation;
import io.allium.client.Tunnels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code allium demo}: brings up a private Tor network in this process, fetches a page from a small web server through
 * three hops, and says how to try it oneself. Confined to the main thread.
 */
public final class Demo {
    /** A network on a slow machine takes half of it; beyond it something is wrong, and is said. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final int PAGE_MAX = 1 << 20;

    /** How often a folder is gone through: each task of a closed Tor writes one file more at most. */
    private static final int REMOVALS = 100;

    private final PrintStream out;
    private final Time time;
    private final long began;

    Demo(PrintStream out, Time time) {
        this.out = out;
        this.time = time;
        this.began = time.nanos();
    }

    public static void main(String[] arguments) throws IOException {
        boolean once = List.of(arguments).contains("--once");
        if (arguments.length > (once ? 1 : 0)) {
            System.err.println("usage: allium demo [--once]");
            System.exit(2);
        }
        int code;
        try (SystemTime time = new SystemTime()) {
            code = new Demo(System.out, time).run(once);
        }
        System.out.flush();
        System.exit(code);
    }

    private int run(boolean once) throws IOException {
        Path folder = Files.createTempDirectory("allium-demo");
        HttpServer web = webServer();
        try (ThreadTasks tasks = new ThreadTasks(Log.NONE, Runtime.getRuntime().availableProcessors());
                DemoNetwork network = new DemoNetwork(
                        folder,
                        time,
                        new SystemEntropy(),
                        new SystemNetwork(),
                        new SystemDisk(),
                        tasks,
                        new SystemNames())) {
            web.start();
            show(network, web.getAddress().getPort());
            if (!once) {
                say("Interrupt (Ctrl-C) to end it.");
                awaitInterrupt();
            }
            return 0;
        } catch (TorException | TimeoutException failed) {
            say("It did not work: " + failed.getMessage() + ". The logs are in " + folder + ".");
            return 1;
        } catch (InterruptedException interrupted) {
            return 1;
        } finally {
            web.stop(0);
            remove(folder);
        }
    }

    /** Brings the network up and fetches the page; the network stays up, with its client. */
    Tor show(DemoNetwork network, int webPort) throws TorException, InterruptedException, TimeoutException {
        say("A private Tor network: " + DemoNetwork.AUTHORITIES + " directory authorities, " + DemoNetwork.RELAYS
                + " relays and a client, all in this process.");
        network.makeKeys();
        say("Everybody has keys.");
        network.startRelays();
        say("Authorities and relays are up. Relays publish their descriptors; the authorities vote.");
        network.awaitConsensus();
        say("The authorities agreed on the network.");
        Tor client = network.startClient();
        await(client.bootstrapped());
        say("The client has learnt of it and has built a circuit.");
        Tunnels tunnels = client.client().orElseThrow().tunnels();
        String page = fetch(tunnels, webPort);
        out.println();
        out.println(page.strip().indent(4));
        say("Try it yourself:");
        out.println("          curl --socks5-hostname " + client.socksPorts().getFirst() + " http://127.0.0.1:"
                + webPort + "/");
        out.println("          The logs are in " + network.folder() + ".");
        out.println("          It hides nothing from anybody: whoever sees this process sees all of the network.");
        return client;
    }

    /** Fetches the page and says which way it came. */
    private String fetch(Tunnels tunnels, int webPort) throws TorException, InterruptedException {
        try (AttachedStream stream = tunnels.connect(new Destination("127.0.0.1", webPort), Isolation.of("demo"))) {
            String path = tunnels.circuits().stream()
                    .filter(circuit -> circuit.id() == stream.circuit())
                    .flatMap(circuit -> circuit.path().stream())
                    .map(CircuitEvents.Hop::nickname)
                    .collect(Collectors.joining(" -> "));
            stream.write("GET / HTTP/1.0\r\nHost: demo\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = readAll(stream);
            say("A page of " + answer.length() + " bytes came through client -> " + path + " -> web server:");
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        } catch (IOException broken) {
            throw new Unreachable("the page broke off: " + broken.getMessage(), broken);
        }
    }

    private static String readAll(AttachedStream stream) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        for (int count = stream.read(buffer, 0, buffer.length);
                count >= 0 && answer.size() < PAGE_MAX;
                count = stream.read(buffer, 0, buffer.length)) {
            answer.write(buffer, 0, count);
        }
        return answer.toString(StandardCharsets.UTF_8);
    }

    /** Not started yet. */
    static HttpServer webServer() throws IOException {
        HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/", Demo::servePage);
        return web;
    }

    private static void servePage(HttpExchange exchange) throws IOException {
        byte[] page = """
                Hello from the far end of three hops.
                The web server saw a connection from the exit, and nothing of you.
                """.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(200, page.length);
        try (var body = exchange.getResponseBody()) {
            body.write(page);
        }
    }

    private void await(CompletableFuture<Void> done) throws InterruptedException, TimeoutException {
        try {
            time.await(done, PATIENCE);
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        } catch (TimeoutException late) {
            throw new TimeoutException("the client did not get ready within " + PATIENCE.toSeconds() + " s");
        }
    }

    /** Each line begins with the seconds since the start. */
    private void say(String text) {
        long tenths = Duration.ofNanos(time.nanos() - began).toMillis() / 100;
        out.println(" ".repeat(Math.max(0, 5 - Long.toString(tenths).length())) + tenths / 10 + "." + tenths % 10
                + " s  " + text);
        out.flush();
    }

    /** Until the process is told to end; its files are removed then too. */
    private static void awaitInterrupt() throws InterruptedException {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Signals.onEnd(() -> ended.complete(null));
        try {
            ended.get();
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }

    /** Deletes a folder of Tors that have been closed; what one of their tasks was just writing may come while we do. */
    static void remove(Path folder) throws IOException {
        for (int left = REMOVALS - 1; ; left--) {
            try {
                removeOnce(folder);
                return;
            } catch (DirectoryNotEmptyException | UncheckedIOException beingWritten) {
                if (left == 0) {
                    throw beingWritten;
                }
            }
        }
    }

    private static void removeOnce(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
