package io.allium.authority;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Timestamps;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How reliable each relay has been, kept across restarts in C tor's {@code router-stability}. Guarded by {@code lock}.
 *
 * @spec dir-spec 3.4.2
 */
final class RouterStability {
    /** C tor's name for it. */
    static final String FILE = "router-stability";

    /** What has ended loses a twentieth of its weight each half day, so that a month ago hardly counts; as in C tor. */
    private static final Duration DISCOUNT_INTERVAL = Duration.ofHours(12);

    private static final double DISCOUNT = 0.95;

    /** From then on, time between failures says more than uptime; as in C tor. */
    private static final Duration ENOUGH = Duration.ofHours(4);

    /** What began so long before we began to watch is a mistake; as in C tor. */
    private static final Duration SENSELESS = Duration.ofDays(365);

    /** More relays than the network could have; the next new one is not remembered. */
    static final int RELAYS_MAX = 100_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Fingerprint, Track> tracks = new TreeMap<>();
    private Optional<Instant> trackedSince = Optional.empty();
    private Optional<Instant> discounted = Optional.empty();

    /**
     * What an earlier life of this authority, or C tor, wrote, as far as it can be read. The time between, when nobody
     * watched, counts neither as up nor as down.
     */
    static RouterStability load(Disk disk, Path file, Instant now) throws LocalFailure {
        RouterStability stability = new RouterStability();
        Optional<byte[]> saved = disk.read(file);
        if (saved.isPresent()) {
            stability.read(new String(saved.get(), StandardCharsets.UTF_8), now);
        }
        return stability;
    }

    void reachable(Fingerprint relay, Instant when) {
        observe(relay, when, true);
    }

    void unreachable(Fingerprint relay, Instant when) {
        observe(relay, when, false);
    }

    /** Those that were up, and of which nobody knows a descriptor any more, are down: they went without a word. */
    void unlisted(Set<Fingerprint> known, Instant when) {
        lock.lock();
        try {
            tracks.replaceAll(
                    (relay, track) -> track.upSince().isPresent() && !known.contains(relay) ? track.down(when) : track);
        } finally {
            lock.unlock();
        }
    }

    /** It looks like one of an attacker's many: what we knew of it counts no longer. */
    void disown(Fingerprint relay, Instant when) {
        lock.lock();
        try {
            tracks.computeIfPresent(relay, (id, track) -> track.disowned(when));
        } finally {
            lock.unlock();
        }
    }

    Track of(Fingerprint relay) {
        lock.lock();
        try {
            return tracks.getOrDefault(relay, Track.UNSEEN);
        } finally {
            lock.unlock();
        }
    }

    /** Whether we have watched for long enough to go by time between failures. */
    boolean isEnough(Instant now) {
        lock.lock();
        try {
            return trackedSince.isPresent() && trackedSince.get().isBefore(now.minus(ENOUGH));
        } finally {
            lock.unlock();
        }
    }

    /** Lets what is long ago fade, and forgets relays that were never up. */
    void discount(Instant now) {
        lock.lock();
        try {
            Instant last = discounted.orElse(now);
            double factor = 1;
            while (!last.plus(DISCOUNT_INTERVAL).isAfter(now)) {
                last = last.plus(DISCOUNT_INTERVAL);
                factor *= DISCOUNT;
            }
            discounted = Optional.of(last);
            if (factor < 1) {
                double by = factor;
                tracks.replaceAll((relay, track) -> track.discounted(by));
                tracks.values().removeIf(Track::isForgettable);
            }
        } finally {
            lock.unlock();
        }
    }

    void save(Disk disk, Path file, Instant now) throws LocalFailure {
        disk.write(file, text(now).getBytes(StandardCharsets.UTF_8));
    }

    String text(Instant now) {
        lock.lock();
        try {
            StringBuilder text = new StringBuilder("format 2\n");
            text.append("stored-at ").append(Timestamps.text(now)).append('\n');
            trackedSince.ifPresent(since ->
                    text.append("tracked-since ").append(Timestamps.text(since)).append('\n'));
            discounted.ifPresent(last ->
                    text.append("last-downrated ").append(Timestamps.text(last)).append('\n'));
            text.append("data\n");
            tracks.forEach((relay, track) -> write(relay, track, text));
            return text.append(".\n").toString();
        } finally {
            lock.unlock();
        }
    }

    private void observe(Fingerprint relay, Instant when, boolean up) {
        lock.lock();
        try {
            trackedSince = trackedSince.or(() -> Optional.of(when));
            if (tracks.size() >= RELAYS_MAX && !tracks.containsKey(relay)) {
                return;
            }
            Track before = tracks.getOrDefault(relay, Track.UNSEEN);
            tracks.put(relay, up ? before.up(when) : before.down(when));
        } finally {
            lock.unlock();
        }
    }

    private static void write(Fingerprint relay, Track track, StringBuilder text) {
        text.append("R ").append(relay.hex()).append('\n');
        text.append(String.format(Locale.ROOT, "+MTBF %d %.5f", track.weightedRun(), track.runs()));
        track.upSince().ifPresent(since -> text.append(" S=").append(Timestamps.text(since)));
        text.append("\n+WFU ").append(track.weightedUp()).append(' ').append(track.weightedTime());
        track.downSince().ifPresent(since -> text.append(" S=").append(Timestamps.text(since)));
        text.append('\n');
    }

    /** Lines that make no sense are passed over: the record is ours, and losing a part is no harm. */
    private void read(String saved, Instant now) {
        Instant stored = now;
        Fingerprint relay = null;
        for (String line : saved.split("\n")) {
            try {
                String[] words = line.split(" ");
                switch (words[0]) {
                    case "stored-at" -> stored = Timestamps.parse(line.substring(10));
                    case "tracked-since" -> trackedSince = Optional.of(notAfter(now, line.substring(14)));
                    case "last-downrated" -> discounted = Optional.of(notAfter(now, line.substring(15)));
                    case "R" -> relay = Fingerprint.parse(words[1]);
                    case "+MTBF", "+WFU" -> {
                        if (relay != null && tracks.size() < RELAYS_MAX) {
                            Optional<Instant> since = since(line, stored, now);
                            tracks.put(relay, restored(tracks.getOrDefault(relay, Track.UNSEEN), words, since));
                        }
                    }
                    default -> {}
                }
            } catch (IllegalArgumentException | IndexOutOfBoundsException | Untrusted senseless) {
                relay = null;
            }
        }
    }

    /** When what goes on began, moved by the time that nobody watched; as in C tor. */
    private Optional<Instant> since(String line, Instant stored, Instant now) {
        int mark = line.indexOf(" S=");
        if (mark < 0) {
            return Optional.empty();
        }
        Instant began = Timestamps.parse(line.substring(mark + 3));
        Instant tracked = trackedSince.orElse(Instant.EPOCH);
        if (began.isAfter(stored) || began.isBefore(tracked.minus(SENSELESS))) {
            return Optional.empty();
        }
        Instant moved = began.isBefore(tracked) ? tracked : now.minus(Duration.between(began, stored));
        return Optional.of(moved.isBefore(tracked) ? tracked : moved);
    }

    private static Instant notAfter(Instant now, String text) {
        Instant when = Timestamps.parse(text);
        return when.isAfter(now) ? now : when;
    }

    private static Track restored(Track track, String[] words, Optional<Instant> since) {
        if (words[0].equals("+MTBF")) {
            return new Track(
                    Long.parseLong(words[1]),
                    Double.parseDouble(words[2]),
                    since,
                    track.weightedUp(),
                    track.weightedTime(),
                    track.downSince());
        }
        return new Track(
                track.weightedRun(),
                track.runs(),
                track.upSince(),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                since);
    }
}
