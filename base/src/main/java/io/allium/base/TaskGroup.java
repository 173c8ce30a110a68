package io.allium.base;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Tasks with one lifetime: closing the group cancels them all. Guarded by {@code lock}. */
public final class TaskGroup implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Tasks tasks;
    private final String name;
    private int sweepAt = 1; // so that each task costs the same, however many there are
    private List<Tasks.Task> running = new ArrayList<>();
    private boolean closed;

    public TaskGroup(Tasks tasks, String name) {
        this.tasks = tasks;
        this.name = name;
    }

    /** Starts a task of this group; in a closed group it is cancelled at once. */
    public Tasks.Task fork(String task, Tasks.Body body) {
        Tasks.Task forked = tasks.fork(name + "/" + task, body);
        lock.lock();
        try {
            if (running.size() >= sweepAt) {
                running.removeIf(Tasks.Task::isDone);
                sweepAt = 2 * running.size() + 1;
            }
            running.add(forked);
            if (closed) {
                forked.cancel();
            }
        } finally {
            lock.unlock();
        }
        return forked;
    }

    /** Cancels all tasks and does not wait for them, so that a task may close its own group. */
    @Override
    public void close() {
        List<Tasks.Task> ending;
        lock.lock();
        try {
            closed = true;
            ending = running;
            running = new ArrayList<>();
        } finally {
            lock.unlock();
        }
        ending.forEach(Tasks.Task::cancel);
    }
}
