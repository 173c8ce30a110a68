package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.ProtocolViolation;
import io.allium.base.TaskGroup;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.OnionAddress;
import io.allium.directory.HttpMessage;
import io.allium.directory.Relay;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Brings the descriptor of one time period to the directories that should have it: when it has changed, when others should have
 * it, and once in an hour or two. Confined to the task of the service, but for the tasks of single uploads.
 *
 * @spec rend-spec-v3 2.2.2, 2.2.4.2, 2.2.6
 */
final class DescriptorPublisher {
    /** The time until the descriptor is published again lies by chance between these: HS_SERVICE_NEXT_UPLOAD_TIME_MIN and MAX. */
    private static final Duration AGAIN_MIN = Duration.ofHours(1);

    private static final Duration AGAIN_MAX = Duration.ofHours(2);

    /** For one directory, from the circuit to the answer. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How often one directory is tried, and how long after a failure. */
    private static final int ATTEMPTS_MAX = 3;

    private static final Duration RETRY = Duration.ofSeconds(10);

    /** What is to be published now. */
    interface Writer {
        byte[] write() throws Untrusted, ProtocolViolation;
    }

    /** Hears what becomes of the descriptor at each directory, once however often that is tried. */
    interface Progress {
        void begun(Relay to);

        void taken(Relay by);

        void refused(Relay by, DescriptorEvents.Reason reason);

        /** Nobody listens. */
        Progress NONE = new Progress() {
            @Override
            public void begun(Relay to) {}

            @Override
            public void taken(Relay by) {}

            @Override
            public void refused(Relay by, DescriptorEvents.Reason reason) {}
        };
    }

    /** The status of an answer that says that the directory has the descriptor now. */
    static final int TAKEN = 200;

    /** The status of one that says that the descriptor is not as it should be. */
    private static final int REFUSED = 400;

    private final OnionAddress service;
    private final String name;
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final HsDirs directories;
    private final Runnable changed;
    private final TaskGroup group;
    private final AtomicInteger round = new AtomicInteger(); // uploads of earlier rounds give up
    private Set<Fingerprint> publishedAt = new TreeSet<>();
    private Object publishedContent = "";
    private boolean published;
    private long again;
    private Tally last = new Tally(List.of());

    /**
     * @param name of the service and the period, for the log
     * @param changed wakes the service's task
     */
    DescriptorPublisher(
            OnionAddress service,
            String name,
            Time time,
            Entropy entropy,
            Log log,
            HsDirs directories,
            Runnable changed,
            TaskGroup group) {
        this.service = service;
        this.name = name;
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.directories = directories;
        this.changed = changed;
        this.group = group;
    }

    /** Whether it should be published now, at these directories with this content. */
    boolean isDue(List<Relay> responsible, Object content) {
        return !published
                || !content.equals(publishedContent)
                || time.nanos() - again >= 0
                || responsible.stream().anyMatch(each -> !publishedAt.contains(each.fingerprint()));
    }

    /**
     * Writes the descriptor and sends it to all of them at once, each over a circuit of its own.
     *
     * @param lengthMax longer ones are taken by no directory
     */
    void publish(List<Relay> responsible, Object content, int lengthMax, Writer writer, Progress progress)
            throws Untrusted, ProtocolViolation {
        byte[] descriptor = writer.write();
        published = true;
        publishedContent = content;
        publishedAt = new TreeSet<>();
        responsible.forEach(each -> publishedAt.add(each.fingerprint()));
        again = time.nanos()
                + AGAIN_MIN.toNanos()
                + entropy.below(AGAIN_MAX.minus(AGAIN_MIN).toNanos());
        int number = round.incrementAndGet();
        Tally tally = new Tally(responsible);
        last = tally;
        if (descriptor.length > lengthMax) {
            tally.failed(
                    responsible,
                    "it has " + descriptor.length + " bytes, and directories take " + lengthMax
                            + ": fewer introduction points or authorized clients make it shorter");
            return;
        }
        for (Relay each : responsible) {
            progress.begun(each);
            group.fork("upload", () -> upload(each, descriptor, number, tally, progress));
        }
    }

    /**
     * Where the descriptor lies as it was published last.
     *
     * @param asked how many directories clients ask for it
     * @param taken how many of those have it
     * @param missing how many of those have refused it or could not be reached; the others are being tried
     * @param failure which of them, and why
     */
    record Storage(int asked, int taken, int missing, Optional<String> failure) {
        /** So that a client who asks one after the other finds it soon. */
        boolean isEnough() {
            return asked > 0 && 2 * taken >= asked;
        }

        boolean isUnderWay() {
            return taken + missing < asked;
        }
    }

    /** Where it lies, of these directories. */
    Storage storage(List<Relay> asked) {
        return last.storage(asked);
    }

    /** It must be published again as soon as may be. */
    void expire() {
        published = false;
    }

    private void upload(Relay to, byte[] descriptor, int number, Tally tally, Progress progress)
            throws InterruptedException {
        String last = "";
        DescriptorEvents.Reason reason = DescriptorEvents.Reason.UNEXPECTED;
        for (int attempt = 1; attempt <= ATTEMPTS_MAX && round.get() == number; attempt++) {
            try {
                HttpMessage.Response response = directories.ask(
                        service,
                        to,
                        HttpMessage.Request.post("/tor/hs/3/publish", descriptor)
                                .with("Host", to.addresses().getFirst().toString()),
                        PATIENCE);
                if (response.status() == TAKEN) {
                    progress.taken(to);
                    tally.stored(to);
                    return;
                }
                reason = reason(response.status());
                last = "it answered " + response.status() + " " + response.reason();
            } catch (TorException failed) {
                last = failed.getMessage();
                reason = DescriptorEvents.Reason.UNEXPECTED;
            }
            log.info(Domain.REND, "Uploading " + name + " to " + to + " failed: " + last);
            if (attempt < ATTEMPTS_MAX) {
                time.sleep(RETRY.multipliedBy(attempt));
            }
        }
        if (round.get() == number) {
            progress.refused(to, reason);
            tally.failed(List.of(to), last);
        }
    }

    /** What a directory means that answered with this and not with 200. */
    static DescriptorEvents.Reason reason(int status) {
        return status == REFUSED ? DescriptorEvents.Reason.UPLOAD_REJECTED : DescriptorEvents.Reason.UNEXPECTED;
    }

    /** What became of one descriptor at all of its directories. Guarded by {@code lock}. */
    private final class Tally {
        private final ReentrantLock lock = new ReentrantLock();
        private final int all;
        private final Set<Fingerprint> taken = new TreeSet<>();
        private final Map<Fingerprint, String> failed = new TreeMap<>();

        Tally(List<Relay> all) {
            this.all = all.size();
        }

        void stored(Relay at) {
            lock.lock();
            try {
                taken.add(at.fingerprint());
                tell();
            } finally {
                lock.unlock();
            }
            changed.run();
        }

        void failed(List<Relay> at, String why) {
            lock.lock();
            try {
                at.forEach(each -> failed.put(each.fingerprint(), each + ": " + why));
                tell();
            } finally {
                lock.unlock();
            }
            changed.run();
        }

        Storage storage(List<Relay> asked) {
            lock.lock();
            try {
                Set<Fingerprint> missing = new TreeSet<>();
                asked.forEach(each -> missing.add(each.fingerprint()));
                int wanted = missing.size();
                missing.removeAll(taken);
                int has = wanted - missing.size();
                missing.retainAll(failed.keySet());
                return new Storage(
                        wanted,
                        has,
                        missing.size(),
                        missing.stream().findFirst().map(failed::get));
            } finally {
                lock.unlock();
            }
        }

        private void tell() {
            if (taken.size() + failed.size() < all) {
                return;
            }
            if (failed.isEmpty()) {
                log.notice(Domain.REND, name + " is stored at all of its " + all + " directories.");
                return;
            }
            String one = failed.values().iterator().next();
            log.notice(
                    Domain.REND,
                    name + " is stored at " + taken.size() + " of its " + all + " directories; " + failed.size()
                            + " did not take it, one because: " + one);
        }
    }
}
