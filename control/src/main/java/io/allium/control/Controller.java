package io.allium.control;

import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Tasks;
import io.allium.base.TorException;
import io.allium.base.Wire;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Controls a Tor from outside, ours or C tor's: commands as methods, events to whoever listens. What a Tor refuses is
 * {@link Refused} with the code and the sentence of its answer; once the connection has ended, each method says why as
 * {@link io.allium.base.Unreachable}. Any thread may call; one command is sent after the other. {@code subscribing} guards what
 * the Tor was told to tell; the rest is final or safe.
 *
 * <pre>{@code
 * try (Controller tor = Controller.over(network.dial(port, patience), tasks)) {
 *     tor.authenticate(new ControllerLogin(disk, entropy));
 *     tor.listen(Heard.BW, second -> show(second.read(), second.written()));
 *     tor.signal("NEWNYM");
 * }
 * }</pre>
 *
 * @spec control-spec 3
 */
public final class Controller implements AutoCloseable {
    private final ReentrantLock subscribing = new ReentrantLock();
    private final List<Subscriber<?>> subscribers = new CopyOnWriteArrayList<>();
    private final ControllerLink link;

    /** That somebody listens. */
    public interface Subscription {
        /** Hears no more. */
        void end() throws TorException, InterruptedException;
    }

    /** What an option is to be. */
    public record Setting(String option, String value) {
        private String words() {
            return option + "=" + CString.quote(value);
        }
    }

    private record Subscriber<E>(Heard<E> what, Consumer<E> listener) {
        void tell(ControlAnswer event) throws ProtocolViolation {
            listener.accept(what.read(event));
        }
    }

    private Controller(Wire port, Tasks tasks) {
        this.link = new ControllerLink(port, this::heard, tasks);
    }

    /**
     * Controls the Tor at the other end of this connection, over TCP or a Unix socket, which is closed with the controller.
     *
     * @param tasks read what comes, and hand on events
     */
    public static Controller over(Wire port, Tasks tasks) {
        Controller controller = new Controller(port, tasks);
        controller.link.start();
        return controller;
    }

    /**
     * Must come before any other command.
     *
     * @return the Tor's version, as it tells it
     */
    public String authenticate(ControllerLogin login) throws TorException, InterruptedException {
        return login.perform(link);
    }

    /** Sends a line as it is and returns whatever is answered: for commands that have no method. */
    public ControlAnswer ask(String line) throws TorException, InterruptedException {
        return link.ask(oneLine(line));
    }

    /** The same for a command with data behind it; its name gets its plus. */
    public ControlAnswer ask(String line, String data) throws TorException, InterruptedException {
        return link.ask("+" + oneLine(line) + "\r\n" + block(data) + ".");
    }

    /** What GETINFO answers to a key: one line, or several that each end with a line feed. */
    public String info(String key) throws TorException, InterruptedException {
        return ask("GETINFO " + key).orRefused().value(key);
    }

    /** The circuits that there are. */
    public List<CircuitLine> circuits() throws TorException, InterruptedException {
        List<CircuitLine> circuits = new ArrayList<>();
        for (String line : infoLines("circuit-status")) {
            circuits.add(CircuitLine.parse(line));
        }
        return circuits;
    }

    /** The streams of applications that there are. */
    public List<StreamLine> streams() throws TorException, InterruptedException {
        List<StreamLine> streams = new ArrayList<>();
        for (String line : infoLines("stream-status")) {
            streams.add(StreamLine.parse(line));
        }
        return streams;
    }

    private List<String> infoLines(String key) throws TorException, InterruptedException {
        return info(key).lines().filter(line -> !line.isEmpty()).toList();
    }

    /** @param name {@code NEWNYM}, {@code RELOAD} … */
    public void signal(String name) throws TorException, InterruptedException {
        ask("SIGNAL " + name).orRefused();
    }

    /** What an option has been set to, each time; empty where it has its default. */
    public List<String> configuration(String option) throws TorException, InterruptedException {
        return ask("GETCONF " + option).orRefused().lines().stream()
                .map(ControlAnswer.Line::text)
                .filter(line -> line.indexOf('=') >= 0)
                .map(line -> line.substring(line.indexOf('=') + 1))
                .map(value -> isQuoted(value) ? CString.unescape(value) : value)
                .toList();
    }

    private static boolean isQuoted(String value) {
        return value.startsWith("\"") && CString.end(value, 0) == value.length();
    }

    /** Sets options, all or none. */
    public void configure(List<Setting> settings) throws TorException, InterruptedException {
        ask("SETCONF " + settings.stream().map(Setting::words).collect(Collectors.joining(" ")))
                .orRefused();
    }

    /** Gives options their defaults back. */
    public void resetConfiguration(List<String> options) throws TorException, InterruptedException {
        ask("RESETCONF " + String.join(" ", options)).orRefused();
    }

    /** From now on the Tor ends when this connection does. */
    public void takeOwnership() throws TorException, InterruptedException {
        ask("TAKEOWNERSHIP").orRefused();
    }

    /** Commands that make circuits and attach streams to them. */
    public CircuitControls paths() {
        return new CircuitControls(this);
    }

    /** Commands that make onion services and open the way to others'. */
    public OnionControls onions() {
        return new OnionControls(this);
    }

    /** Hears of this from now on, on a task that may ask in turn. */
    public <E> Subscription listen(Heard<E> what, Consumer<E> listener) throws TorException, InterruptedException {
        Subscriber<E> subscriber = new Subscriber<>(what, listener);
        subscribing.lockInterruptibly();
        try {
            subscribers.add(subscriber);
            try {
                tellEvents();
            } catch (Refused unknown) {
                subscribers.remove(subscriber);
                throw unknown;
            }
        } finally {
            subscribing.unlock();
        }
        return () -> forget(subscriber);
    }

    private void forget(Subscriber<?> subscriber) throws TorException, InterruptedException {
        subscribing.lockInterruptibly();
        try {
            if (subscribers.remove(subscriber) && !ended().isDone()) {
                tellEvents();
            }
        } finally {
            subscribing.unlock();
        }
    }

    private void tellEvents() throws TorException, InterruptedException {
        Set<ControlEvent> wanted = EnumSet.noneOf(ControlEvent.class);
        subscribers.forEach(subscriber -> wanted.add(subscriber.what().event()));
        String names = wanted.stream().map(event -> " " + event).collect(Collectors.joining());
        ask("SETEVENTS" + names).orRefused();
    }

    private void heard(ControlAnswer event) throws ProtocolViolation {
        String name = Heard.name(event);
        for (Subscriber<?> subscriber : subscribers) {
            if (subscriber.what().event().name().equals(name)) {
                subscriber.tell(event);
            }
        }
    }

    /** Completed with the reason once the connection has ended. */
    public CompletableFuture<String> ended() {
        return link.ended();
    }

    /** Ends the connection; a Tor that it owns ends too. */
    @Override
    public void close() {
        link.close();
    }

    private static String oneLine(String line) {
        if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a command of several lines: " + CString.quote(line));
        }
        return line;
    }

    /** Each line with its end, and a dot before those that begin with one. */
    private static String block(String data) {
        return data.lines()
                .map(line -> (line.startsWith(".") ? "." : "") + line + "\r\n")
                .collect(Collectors.joining());
    }
}
