package io.allium.control;

import io.allium.base.ProtocolViolation;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A controller's connection: one question and its answer after the other, while events come in between. One task reads; a
 * second hands the events on, so that whoever hears one may ask something. {@code asking} lets in one question at a time; the
 * rest is safe from any thread.
 */
final class ControllerLink implements AutoCloseable {
    /** Events that wait for whoever hears them; at debug level some seconds' worth. */
    static final int EVENTS_MAX = 10_000;

    /** Hands on what the port says of its own accord. */
    interface Listener {
        void heard(ControlAnswer event) throws TorException, InterruptedException;
    }

    private final ReentrantLock asking = new ReentrantLock();
    private final Wire port;
    private final Listener listener;
    private final TaskGroup tasks;
    private final BlockingQueue<Optional<ControlAnswer>> events =
            new ArrayBlockingQueue<>(EVENTS_MAX); // nothing stands behind the last one
    private final AtomicReference<@Nullable CompletableFuture<ControlAnswer>> awaited = new AtomicReference<>();
    private final CompletableFuture<String> ended = new CompletableFuture<>();

    ControllerLink(Wire port, Listener listener, Tasks tasks) {
        this.port = port;
        this.listener = listener;
        this.tasks = new TaskGroup(tasks, "controller");
    }

    void start() {
        tasks.fork("reader", this::read);
        tasks.fork("events", this::handOn);
    }

    /**
     * Sends a command and waits for its answer, whatever that is.
     *
     * @param command whole lines, the last one without its end
     * @throws Unreachable where the connection has ended, or ends meanwhile
     */
    ControlAnswer ask(String command) throws Unreachable, InterruptedException {
        asking.lockInterruptibly();
        try {
            CompletableFuture<ControlAnswer> answer = new CompletableFuture<>();
            awaited.set(answer);
            if (ended.isDone()) {
                throw new Unreachable(ended.join());
            }
            port.write(ControlText.bytes(command + "\r\n"));
            return answer.get();
        } catch (IOException gone) {
            end("writing to the control port failed: " + gone.getMessage());
            throw new Unreachable(ended.join(), gone);
        } catch (ExecutionException gone) {
            throw new Unreachable(ended.join(), gone);
        } catch (InterruptedException interrupted) {
            end("interrupted before the answer came"); // it would be taken for that of the next question
            throw interrupted;
        } finally {
            asking.unlock();
        }
    }

    /** Completed with the reason once the connection has ended. */
    CompletableFuture<String> ended() {
        return ended;
    }

    /** Ends it at once: events that came before are heard no more. */
    @Override
    public void close() {
        end("closed");
        tasks.close();
    }

    private void read() {
        AnswerReader reader = new AnswerReader(port);
        try {
            for (Optional<ControlAnswer> next = reader.next(); next.isPresent(); next = reader.next()) {
                deliver(next.get());
            }
            end("the control port closed the connection");
        } catch (ProtocolViolation | IOException failed) {
            end("reading from the control port failed: " + failed.getMessage());
        }
    }

    private void deliver(ControlAnswer answer) throws ProtocolViolation {
        if (answer.isEvent()) {
            if (!events.offer(Optional.of(answer))) {
                throw new ProtocolViolation("more than " + EVENTS_MAX + " events wait to be heard");
            }
            return;
        }
        CompletableFuture<ControlAnswer> question = awaited.getAndSet(null);
        if (question == null) {
            throw new ProtocolViolation("an answer that nobody asked for: " + answer.code() + " " + answer.text());
        }
        question.complete(answer);
    }

    private void handOn() throws InterruptedException {
        try {
            for (Optional<ControlAnswer> event = events.take(); event.isPresent(); event = events.take()) {
                listener.heard(event.get());
            }
        } catch (TorException unreadable) {
            end("an event cannot be understood: " + unreadable.getMessage());
        }
    }

    /** What came before is heard still. Only the first reason counts. */
    private void end(String why) {
        ended.complete(why);
        port.close();
        CompletableFuture<ControlAnswer> question = awaited.getAndSet(null);
        if (question != null) {
            question.completeExceptionally(new Unreachable(why));
        }
        if (!events.offer(Optional.empty())) {
            tasks.close(); // whoever hears them is far behind, and need not catch up
        }
    }
}
