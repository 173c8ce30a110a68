package io.allium.channel;

import io.allium.cell.CellCommand;
import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * How many cells came into the queue of a circuit and left it, by their commands, and how long those had waited. Owned by
 * whoever has it: first a {@link CellAccount}, then who took it from there.
 *
 * @spec control-spec 4.1.23
 */
final class CellStats {
    private static final int COMMANDS = CellCommand.CREATED2 + 1; // the last that belongs to circuits

    /** C tor keeps hundredths of a second for each cell, rounded down. */
    private static final Duration STEP = Duration.ofMillis(10);

    private final long[] added = new long[COMMANDS];
    private final long[] removed = new long[COMMANDS];
    private final long[] millis = new long[COMMANDS];
    private boolean empty = true;

    /** A cell came. */
    void added(int command) {
        if (isTold(command)) {
            added[command]++;
            empty = false;
        }
    }

    /** A cell left. */
    void removed(int command, long waitedNanos) {
        if (isTold(command)) {
            removed[command]++;
            millis[command] += waitedNanos / STEP.toNanos() * STEP.toMillis();
            empty = false;
        }
    }

    /** What ends a circuit is none of its cells: in C tor it waits elsewhere. */
    private static boolean isTold(int command) {
        return CellCommand.isOfCircuit(command) && command != CellCommand.DESTROY;
    }

    /** Whether there was no cell. */
    boolean isEmpty() {
        return empty;
    }

    /** As CELL_STATS has it, with a space before each word. */
    String text(String direction) {
        return text(direction + "Added", added, added)
                + text(direction + "Removed", removed, removed)
                + text(direction + "Time", removed, millis);
    }

    /** The commands that {@code counts} has, each with its number in {@code told}. */
    private static String text(String key, long[] counts, long[] told) {
        StringJoiner commands = new StringJoiner(",", " " + key + "=", "").setEmptyValue("");
        for (int command = 0; command < COMMANDS; command++) {
            if (counts[command] > 0) {
                commands.add(CellCommand.name(command).toLowerCase(Locale.ROOT) + ":" + told[command]);
            }
        }
        return commands.toString();
    }
}
