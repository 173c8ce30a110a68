package io.allium.channel;

import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.Tasks;
import io.allium.base.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The loops of this process, one a processor, and the buffers that writers share. Immutable but for whose turn it is. */
final class Loops {
    private final Loop[] loops;
    private final AtomicInteger turn = new AtomicInteger();
    private final RecordBuffers buffers;
    private final Traffic traffic = new Traffic();

    Loops(Network network, Tasks tasks, Time time, LongSupplier refillNanos, Log log) {
        List<Loop> started = new ArrayList<>();
        for (int i = 0; i < tasks.processors(); i++) {
            Loop loop = new Loop(network.poller(), time, refillNanos, log);
            tasks.loop("loop-" + i, loop::run);
            started.add(loop);
        }
        loops = started.toArray(new Loop[0]);
        buffers = new RecordBuffers(2 * loops.length);
    }

    /** The loop for a new link: each in its turn. */
    Loop next() {
        return loops[Math.floorMod(turn.getAndIncrement(), loops.length)];
    }

    /** The loop that this thread is, or null. */
    @Nullable
    Loop current() {
        for (Loop loop : loops) {
            if (loop.isCurrent()) {
                return loop;
            }
        }
        return null;
    }

    /** How all of them are doing. */
    LoopFigures figures() {
        LoopFigures all = LoopFigures.NONE;
        for (Loop loop : loops) {
            all = all.plus(loop.figures());
        }
        return all;
    }

    RecordBuffers buffers() {
        return buffers;
    }

    Traffic traffic() {
        return traffic;
    }

    void close() {
        for (Loop loop : loops) {
            loop.close();
        }
    }
}
