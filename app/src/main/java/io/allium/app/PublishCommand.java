package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNames;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.Unreachable;
import io.allium.control.CString;
import io.allium.web.Handler;
import io.allium.web.Inbox;
import io.allium.web.Share;
import io.allium.web.SharedFiles;
import io.allium.web.Site;
import io.allium.web.Sizes;
import io.allium.web.WebServer;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code allium publish}, {@code share} and {@code receive}: puts an onion address before a server, a folder or files, says
 * each step, and ends when it is told to, or when the files have been downloaded. Confined to the program's thread.
 */
public final class PublishCommand {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    /** After which whoever waits is told where to look. */
    private static final Duration COMPLAINT = Duration.ofMinutes(1);

    /** How often a progress bar is drawn. */
    private static final Duration FRAME = Duration.ofMillis(250);

    private static final Duration LOOK = Duration.ofSeconds(2);

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private final Path user;
    private final Publication.Machine machine;
    private final CompletableFuture<Void> interrupted;
    private final Steps steps;

    /** An address while it is published: what is to be done until it ends. */
    private interface Life {
        void live() throws InterruptedException, LocalFailure;
    }

    /**
     * @param terminal whether somebody reads {@code out} as it comes
     * @param user the user's folder for the data of Allium
     * @param interrupted completes when the program is told to end
     */
    PublishCommand(
            PrintStream out,
            PrintStream err,
            boolean terminal,
            Path user,
            Publication.Machine machine,
            CompletableFuture<Void> interrupted) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
        this.user = user;
        this.machine = machine;
        this.interrupted = interrupted;
        this.steps = new Steps(out, machine.time());
    }

    public static void main(String[] arguments) {
        CompletableFuture<Void> interrupted = new CompletableFuture<>();
        Signals.onEnd(() -> interrupted.complete(null));
        Path home = Path.of(System.getProperty("user.home", "."));
        Path user = PublishFolders.user(System.getenv(), home, System.getProperty("os.name", ""));
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        int code;
        try (SystemTime time = new SystemTime();
                ThreadTasks tasks =
                        new ThreadTasks(Log.NONE, Runtime.getRuntime().availableProcessors())) {
            Publication.Machine machine = new Publication.Machine(
                    home, time, new SystemEntropy(), new SystemNetwork(), new SystemDisk(), tasks, new SystemNames());
            code = new PublishCommand(System.out, System.err, terminal, user, machine, interrupted)
                    .run(List.of(arguments));
        }
        System.out.flush();
        System.exit(code);
    }

    int run(List<String> arguments) {
        if (arguments.contains("--help") || arguments.contains("-h")) {
            out.print(PublishLine.HELP);
            return DONE;
        }
        PublishLine line;
        try {
            line = PublishLine.parse(arguments);
        } catch (LocalFailure wrong) {
            err.println("allium: " + wrong.getMessage() + "; 'allium publish --help' tells what can be");
            return USAGE;
        }
        try {
            return run(line);
        } catch (LocalFailure | IOException inTheWay) {
            err.println("allium: " + inTheWay.getMessage());
            return FAILED;
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private int run(PublishLine line) throws LocalFailure, IOException, InterruptedException {
        Path scratch = Files.createTempDirectory("allium");
        try (PublishFolders folders = PublishFolders.take(line, scratch, user, machine.disk())) {
            switch (line.command()) {
                case PUBLISH -> publish(line, folders, scratch);
                case SHARE -> share(line, folders, scratch);
                case RECEIVE -> receive(line, folders, scratch);
            }
            return DONE;
        } finally {
            Demo.remove(scratch);
        }
    }

    private void publish(PublishLine line, PublishFolders folders, Path scratch)
            throws LocalFailure, InterruptedException {
        if (line.server().isPresent()) {
            String target = line.server().get();
            steps.say("Publishing what listens at " + target + ".");
            lookFor(target);
            publish(line, folders, target, "/", this::awaitInterrupt);
            return;
        }
        Path folder = ConfiguredPath.of(line.what().getFirst());
        Site site = new Site(folder, line.loadsFromElsewhere());
        steps.say("Publishing the folder " + folder.toAbsolutePath().normalize() + " as a site, to be read only.");
        try (WebServer _ = serve(site, scratch)) {
            publish(line, folders, socket(scratch), "/", this::awaitInterrupt);
        }
    }

    private void share(PublishLine line, PublishFolders folders, Path scratch)
            throws LocalFailure, InterruptedException {
        steps.say("Looking at what is to be shared.");
        List<Path> shared = new ArrayList<>();
        for (String name : line.what()) {
            shared.add(ConfiguredPath.of(name));
        }
        SharedFiles files = SharedFiles.of(shared);
        Share share = new Share(files, line.downloads(), machine.time());
        steps.say("Sharing " + files.name() + ", " + Sizes.text(files.length())
                + (files.files() > 1 ? ", " + files.files() + " files." : "."));
        try (WebServer server = serve(share, scratch)) {
            publish(line, folders, socket(scratch), share.path(), () -> watch(share, server));
        }
    }

    private void receive(PublishLine line, PublishFolders folders, Path scratch)
            throws LocalFailure, InterruptedException {
        Path folder = ConfiguredPath.of(line.what().getFirst());
        try (Inbox inbox = new Inbox(folder, line.sizeMax(), Inbox::freeOnDisk, machine.entropy(), this::received);
                WebServer _ = serve(inbox, scratch)) {
            steps.say("Files will be put into " + folder.toAbsolutePath().normalize() + ", "
                    + Sizes.text(line.sizeMax()) + " at a time.");
            publish(line, folders, socket(scratch), "/", () -> {
                steps.add("What comes is from strangers: open it with care.");
                awaitInterrupt();
            });
        }
    }

    /** From nothing to an address that can be reached, and to its end. */
    private void publish(PublishLine line, PublishFolders folders, String target, String path, Life life)
            throws LocalFailure, InterruptedException {
        Map<String, String> keys =
                ClientKeys.make(folders.service(), line.clients(), machine.entropy(), machine.disk());
        try (Publication publication = begin(line, folders, target, keys)) {
            int clients = ClientKeys.count(folders.service(), machine.disk());
            if (clients > 0) {
                showKeys(publication.host(), keys, clients); // now: nobody else has them, whatever happens from here on
            }
            steps.say(
                    line.network().isPresent()
                            ? "Connecting to the private network of "
                                    + line.network().get() + "."
                            : "Connecting to the Tor network.");
            Supplier<String> log = () -> "what is in the way may stand in " + publication.logFile();
            if (!await(publication.connected(), "Still connecting; ", log)) {
                return;
            }
            steps.say("Connected. Choosing introduction points, and publishing the address.");
            if (!await(publication.reachable(), "Not ready yet: ", () -> publication.inTheWay() + "; " + log.get())) {
                return;
            }
            announce(line, publication, path);
            life.live();
        }
    }

    /** Where nothing can begin nobody is shown a key, and so none is left that lets nobody in. */
    private Publication begin(PublishLine line, PublishFolders folders, String target, Map<String, String> keys)
            throws LocalFailure {
        try {
            return Publication.begin(line, folders, target, machine, err);
        } catch (LocalFailure inTheWay) {
            ClientKeys.forget(folders.service(), keys.keySet(), machine.disk());
            throw inTheWay;
        }
    }

    private void announce(PublishLine line, Publication publication, String path) {
        boolean web = line.port() == WEB_PORT;
        String address = web ? "http://" + publication.host() + "/" : publication.host() + ":" + line.port();
        steps.say("Ready: it can be reached now, by Tor Browser and by every program that uses Tor:");
        out.println();
        out.println("    " + address);
        if (!path.equals("/")) {
            out.println("    curl --socks5-hostname localhost:9050 -O http://" + publication.host() + path);
        }
        out.println();
        if (line.qrCode().orElse(terminal)) {
            out.println(TerminalQrCode.of(address, terminal));
        }
        steps.say((line.name().isPresent()
                        ? "The address stays the same for --name " + line.name().get() + "."
                        : "The address ends with this program.")
                + " Interrupt (Ctrl-C) to end.");
    }

    private void showKeys(String host, Map<String, String> keys, int clients) {
        steps.say(
                "Only who has a key gets in; " + clients + (clients == 1 ? " client has" : " clients have") + " one.");
        keys.forEach((name, key) -> {
            out.println();
            out.println("    " + name + ": for Tor Browser, which asks for it:  " + key);
            out.println("    or the line of a file NAME.auth_private in the ClientOnionAuthDir of C tor or Allium:");
            out.println("    " + ClientKeys.privateLine(host, key));
        });
        if (!keys.isEmpty()) {
            out.println();
            steps.say("These keys are shown this once, and kept nowhere here.");
        }
    }

    private WebServer serve(Handler handler, Path scratch) throws LocalFailure {
        Log warnings = new Warnings(err, machine.time());
        return WebServer.start(
                machine.network().listen(scratch.resolve(SOCKET)), handler, machine.time(), machine.tasks(), warnings);
    }

    private static String socket(Path scratch) {
        return "unix:" + CString.quote(scratch.resolve(SOCKET).toString());
    }

    /** A server that is not there yet may come. */
    private void lookFor(String target) throws InterruptedException {
        if (target.startsWith("unix:")) {
            return;
        }
        try {
            machine.network().dial(Endpoint.parse(target), LOOK).close();
        } catch (Unreachable absent) {
            steps.add("Nothing answers there yet (" + absent.getMessage() + "): visitors see an error until it does.");
        }
    }

    /** Draws the bar until the files have been downloaded, or we are told to end. */
    private void watch(Share share, WebServer server) throws InterruptedException, LocalFailure {
        ProgressBar bar = new ProgressBar(out, terminal);
        boolean told = false;
        while (!isInterruptedWithin(FRAME)) {
            Share.Progress progress = share.progress();
            bar.draw(progress);
            if (progress.completed() >= progress.wanted() && !told) {
                told = true;
                bar.end();
                steps.say("All of it has been sent. The address ends once it has arrived.");
            }
            if (share.failure().isPresent()) {
                bar.end();
                throw new LocalFailure(share.failure().get() + ": share it again");
            }
            if (share.isOver(server.visitors())) {
                bar.end();
                steps.say("Downloaded, and the address is gone.");
                return;
            }
        }
        bar.end();
    }

    /** On a visitor's task. */
    private void received(Path file) {
        long size = file.toFile().length();
        steps.say("Received " + Objects.requireNonNull(file.getFileName()) + ", " + Sizes.text(size) + ".");
    }

    /** Waits for it, or for the end. Returns whether it came. */
    private boolean await(CompletableFuture<Void> wanted, String still, Supplier<String> why)
            throws InterruptedException, LocalFailure {
        CompletableFuture<@Nullable Object> either = CompletableFuture.anyOf(wanted, interrupted);
        while (true) {
            try {
                machine.time().await(either, COMPLAINT);
                return wanted.isDone();
            } catch (TimeoutException late) {
                steps.say(still + why.get() + ".");
            } catch (ExecutionException failed) {
                throw new LocalFailure("it did not work: " + failed.getMessage(), failed);
            }
        }
    }

    private void awaitInterrupt() throws InterruptedException {
        while (!isInterruptedWithin(COMPLAINT)) {
            // Visitors come meanwhile.
        }
    }

    private boolean isInterruptedWithin(Duration limit) throws InterruptedException {
        try {
            machine.time().await(interrupted, limit);
            return true;
        } catch (TimeoutException goOn) {
            return false;
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }

    private static final int WEB_PORT = 80;
    private static final String SOCKET = "web";
}
