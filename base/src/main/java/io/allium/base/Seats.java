package io.allium.base;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Room for so many connections at once. One more takes the place of the one that has waited longest without saying anything,
 * so that nobody keeps others out by silence; where all are at work there is none. Guarded by {@code lock}.
 */
public final class Seats {
    /** What somebody finds who comes. */
    public enum Found {
        FREE,
        /** The place of somebody silent, who was sent away for it. */
        ANOTHERS,
        NONE
    }

    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<ByteStream> waiting = new LinkedHashSet<>(); // the longest first
    private int taken;

    /** @param most how many there are */
    public Seats(int most) {
        this.most = most;
    }

    /** Somebody comes, who waits at first, and has to {@link #leave} if there was a place. */
    public Found take(ByteStream guest) {
        ByteStream silent;
        lock.lock();
        try {
            if (taken < most) {
                seat(guest);
                return Found.FREE;
            }
            Iterator<ByteStream> longestFirst = waiting.iterator();
            if (!longestFirst.hasNext()) {
                return Found.NONE;
            }
            silent = longestFirst.next();
            longestFirst.remove();
            seat(guest);
        } finally {
            lock.unlock();
        }
        silent.close();
        return Found.ANOTHERS;
    }

    /** Whoever is sent away still counts until it leaves, which is soon. */
    private void seat(ByteStream guest) {
        taken++;
        waiting.add(guest);
    }

    /** One who has a place says nothing for now. */
    public void waits(ByteStream guest) {
        lock.lock();
        try {
            waiting.add(guest);
        } finally {
            lock.unlock();
        }
    }

    /** One has said what it wants, and keeps its place. */
    public void works(ByteStream guest) {
        lock.lock();
        try {
            waiting.remove(guest);
        } finally {
            lock.unlock();
        }
    }

    /** One goes, or is gone after it was sent away. */
    public void leave(ByteStream guest) {
        lock.lock();
        try {
            waiting.remove(guest);
            taken--;
        } finally {
            lock.unlock();
        }
    }

    /** How many there are just now. */
    public int taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
