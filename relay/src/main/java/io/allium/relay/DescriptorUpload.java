package io.allium.relay;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.directory.DirectoryAuthority;
import io.allium.directory.HttpMessage;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes our descriptor to the authorities: a task for each of them goes there until it has the newest, or has said what
 * is wrong with it. Guarded by {@code lock}.
 *
 * @spec dir-spec 2.1
 */
public final class DescriptorUpload implements AutoCloseable {
    /** The first wait after an authority could not be reached; it doubles each time. */
    static final Duration WAIT_FIRST = Duration.ofSeconds(10);

    /** The longest wait. */
    static final Duration WAIT_MAX = Duration.ofHours(1);

    private static final String PATH = "/tor/";
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int BUSY = 503;

    /** Posts to an authority's DirPort: {@code HttpFetcher.exchange}. */
    @FunctionalInterface
    public interface Post {
        HttpMessage.Response to(DirectoryAuthority authority, HttpMessage.Request request)
                throws TorException, InterruptedException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final Post post;
    private final List<DirectoryAuthority> authorities;
    private final RelayEvents events;
    private final TaskGroup running;
    private SelfDescriptor.@Nullable Documents newest;
    private volatile boolean accepted;

    /** @param authorities those that take descriptors of relays */
    public DescriptorUpload(
            Time time,
            Entropy entropy,
            Tasks tasks,
            Log log,
            Post post,
            List<DirectoryAuthority> authorities,
            RelayEvents events) {
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.post = post;
        this.authorities = List.copyOf(authorities);
        this.events = events;
        this.running = new TaskGroup(tasks, "descriptor upload");
        for (DirectoryAuthority authority : this.authorities) {
            running.fork(authority.nickname(), () -> keepInformed(authority));
        }
    }

    /** Whether any authority has taken one. */
    boolean isAccepted() {
        return accepted;
    }

    /** From now on, this is what authorities are to have. */
    void publish(SelfDescriptor.Documents documents) {
        lock.lock();
        try {
            newest = documents;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void keepInformed(DirectoryAuthority authority) throws InterruptedException {
        SelfDescriptor.Documents told = null;
        Duration wait = WAIT_FIRST;
        while (true) {
            SelfDescriptor.Documents documents = awaitOtherThan(told);
            if (isSettled(authority, documents)) {
                told = documents;
                wait = WAIT_FIRST;
            } else {
                // Up to as much again, by chance, so that not all relays come back at once.
                time.sleep(wait.plusMillis(entropy.below(wait.toMillis())));
                wait = wait.multipliedBy(2).compareTo(WAIT_MAX) < 0 ? wait.multipliedBy(2) : WAIT_MAX;
            }
        }
    }

    private SelfDescriptor.Documents awaitOtherThan(SelfDescriptor.@Nullable Documents told)
            throws InterruptedException {
        lock.lock();
        try {
            while (newest == null || newest.equals(told)) {
                changed.await();
            }
            return newest;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the authority has taken a decision, for or against. */
    private boolean isSettled(DirectoryAuthority authority, SelfDescriptor.Documents documents)
            throws InterruptedException {
        try {
            HttpMessage.Response response = post.to(authority, HttpMessage.Request.post(PATH, body(documents)));
            report(authority, response);
            return response.status() != BUSY;
        } catch (TorException unreachable) {
            log.info(
                    Log.Domain.DIR,
                    "Uploading our descriptor to " + authority.nickname() + " failed: " + unreachable.getMessage());
            return false;
        }
    }

    private static byte[] body(SelfDescriptor.Documents documents) {
        byte[] both = Arrays.copyOf(documents.router(), documents.router().length + documents.extraInfo().length);
        System.arraycopy(documents.extraInfo(), 0, both, documents.router().length, documents.extraInfo().length);
        return both;
    }

    private void report(DirectoryAuthority authority, HttpMessage.Response response) {
        switch (response.status()) {
            case OK -> {
                log.info(Log.Domain.GENERAL, "eof (status 200) after uploading server descriptor: finished.");
                accepted = true;
                events.descriptorAccepted(authority.dirPort());
            }
            case BAD_REQUEST -> {
                log.warn(
                        Log.Domain.GENERAL,
                        "http status 400 (\"" + printable(response.reason()) + "\") response from dirserver "
                                + authority.dirPort() + ". Please correct.");
                events.descriptorRefused(authority.dirPort(), printable(response.reason()));
            }
            default ->
                log.warn(
                        Log.Domain.GENERAL,
                        "HTTP status " + response.status() + " (\"" + printable(response.reason())
                                + "\") was unexpected while uploading descriptor to server '" + authority.dirPort()
                                + "'. Possibly the server is misconfigured?");
        }
    }

    private static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }

    @Override
    public void close() {
        running.close();
    }
}
