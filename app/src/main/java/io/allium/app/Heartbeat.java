package io.allium.app;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Time;
import io.allium.channel.Channels;
import io.allium.client.Client;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** A line in the log each {@code HeartbeatPeriod} that tells how we are. Stateless but for its views. */
final class Heartbeat {
    /** How often to look whether one is due, since the period may change. */
    private static final Duration LOOK = Duration.ofMinutes(1);

    private final Supplier<Optional<Channels>> channels;
    private final Supplier<Optional<Client>> client;
    private final Supplier<Duration> period;
    private final Time time;
    private final long started;
    private final Log log;

    /**
     * @param channels the neighbours, while the network is enabled
     * @param period zero for none
     * @param started when this Tor was, by {@link Time#nanos}
     */
    Heartbeat(
            Supplier<Optional<Channels>> channels,
            Supplier<Optional<Client>> client,
            Supplier<Duration> period,
            Time time,
            long started,
            Log log) {
        this.channels = channels;
        this.client = client;
        this.period = period;
        this.time = time;
        this.started = started;
        this.log = log;
    }

    /** Goes on until it is interrupted. */
    void beat() throws InterruptedException {
        long last = time.nanos();
        while (true) {
            Duration before = period.get();
            boolean soon = !before.isZero() && before.compareTo(LOOK) < 0;
            time.sleep(soon ? before : LOOK);
            Duration since = Duration.ofNanos(time.nanos() - last);
            Duration wanted = period.get();
            if (!wanted.isZero() && since.compareTo(wanted) >= 0) {
                last = time.nanos();
                tell();
            }
        }
    }

    void tell() {
        Duration up = Duration.ofNanos(time.nanos() - started);
        int circuits = client.get().map(now -> now.tunnels().circuits().size()).orElse(0);
        int connections = channels.get().map(Channels::all).map(List::size).orElse(0);
        log.notice(
                Domain.HEARTBEAT,
                "Heartbeat: Tor's uptime is " + up.toDays() + " days " + up.toHoursPart() + ":"
                        + String.format(Locale.ROOT, "%02d", up.toMinutesPart()) + " hours, with " + circuits
                        + " circuits open and " + connections + " connections." + lateLinks());
    }

    private String lateLinks() {
        return channels.get()
                .map(Channels::figures)
                .filter(figures -> figures.late() > 0)
                .map(figures -> " Links had to wait longer than they should " + figures.late() + " times, once "
                        + figures.longest().toMillis() + " ms.")
                .orElse("");
    }
}
