package io.allium.crypto;

import java.util.Arrays;

/**
 * Computes a HashX function of many inputs in lockstep: each instruction of the program is done for all of them before the next.
 * What an interpreter costs is thereby shared by {@value #LANES} hashes, and each instruction is a loop over arrays that the JVM's
 * compiler knows for ever and turns into vector instructions, whatever program comes. Confined to its solver.
 *
 * <p>Inputs part where a branch is taken, which is rare (one in sixteen), leads back only to the last target and happens but once in a
 * hash. Those that take it are copied out, run the section once more on their own, and are put back.
 */
final class HashXLanes {
    /** Rows of 4 KB: the registers of all lanes, 32 KB, stay in the nearest cache. */
    static final int LANES = 512;

    /** With 16 bytes of header a whole number of cache lines, so that vectors lie alike in rows that lie side by side: 7 % faster. */
    private static final int ROW = LANES + 6;

    private static final int REGISTERS = HashXProgram.REGISTERS;

    private final long[][] rows = new long[REGISTERS][ROW];
    private final int[] upperHalves = new int[LANES];
    private final int[] branched = new int[LANES]; // -1 where a lane has, which no mask passes over

    // Those that take a branch: whose they are, and their registers.
    private final int[] strays = new int[LANES];
    private final long[][] strayRows = new long[REGISTERS][ROW];
    private final int[] strayHalves = new int[LANES];

    /** The hashes of {@code first} and the {@value #LANES} - 1 inputs after it, into {@code hashes} from {@code at} on. */
    void hash(HashX function, long first, long[] hashes, int at) {
        expand(function.key(), first);
        run(function.program());
        fold(function.key(), hashes, at);
    }

    /** As {@link SipKey#expand}. */
    private void expand(SipKey key, long first) {
        Arrays.fill(rows[0], key.v0());
        Arrays.fill(rows[1], key.v1() ^ SipKey.LONG_OUTPUT);
        Arrays.fill(rows[2], key.v2());
        Arrays.fill(rows[3], key.v3());
        LaneLoops.xorCounter(rows[3], first, LANES);
        LaneLoops.stir(2, rows[0], rows[1], rows[2], rows[3], LANES);
        LaneLoops.xorCounter(rows[0], first, LANES);
        LaneLoops.xorConstant(rows[2], SipKey.LONG_OUTPUT, LANES);
        LaneLoops.stir(4, rows[0], rows[1], rows[2], rows[3], LANES);
        for (int word = 0; word < 4; word++) {
            System.arraycopy(rows[word], 0, rows[word + 4], 0, LANES);
        }
        LaneLoops.xorConstant(rows[5], SipKey.SECOND_HALF, LANES);
        LaneLoops.stir(4, rows[4], rows[5], rows[6], rows[7], LANES);
    }

    private void run(HashXProgram program) {
        Arrays.fill(upperHalves, 0);
        Arrays.fill(branched, 0);
        int target = 0;
        for (int i = 0; i < HashXProgram.LENGTH; i++) {
            HashXOperation operation = program.operation(i);
            if (operation == HashXOperation.TARGET) {
                target = i;
            } else if (operation == HashXOperation.BRANCH) {
                branch(program, target, i);
            } else {
                step(program, i, rows, upperHalves, LANES);
            }
        }
    }

    /** Lets those that take the branch at {@code from} run again what is after {@code target}. They take no other. */
    private void branch(HashXProgram program, int target, int from) {
        int count = strays(program.constant(from));
        for (int register = 0; register < REGISTERS; register++) {
            gather(rows[register], strayRows[register], count);
        }
        for (int i = target + 1; i < from; i++) {
            if (program.operation(i).hasDestination()) {
                step(program, i, strayRows, strayHalves, count);
            }
        }
        for (int register = 0; register < REGISTERS; register++) {
            scatter(strayRows[register], rows[register], count);
        }
    }

    /** Finds and counts those that take a branch, without one of our own: the processor could not foresee it. */
    private int strays(int mask) {
        int count = 0;
        for (int lane = 0; lane < LANES; lane++) {
            strays[count] = lane;
            count += ((upperHalves[lane] | branched[lane]) & mask) == 0 ? 1 : 0;
        }
        for (int i = 0; i < count; i++) {
            branched[strays[i]] = -1;
        }
        return count;
    }

    private void gather(long[] row, long[] strayRow, int count) {
        for (int i = 0; i < count; i++) {
            strayRow[i] = row[strays[i]];
        }
    }

    private void scatter(long[] strayRow, long[] row, int count) {
        for (int i = 0; i < count; i++) {
            row[strays[i]] = strayRow[i];
        }
    }

    private static void step(HashXProgram program, int at, long[][] rows, int[] halves, int count) {
        long[] to = rows[program.destination(at)];
        int source = program.source(at);
        long[] from = source < 0 ? to : rows[source];
        int constant = program.constant(at);
        switch (program.operation(at)) {
            case MULTIPLY_HIGH_UNSIGNED -> LaneLoops.multiplyHighUnsigned(to, from, halves, count);
            case MULTIPLY_HIGH_SIGNED -> LaneLoops.multiplyHighSigned(to, from, halves, count);
            case MULTIPLY -> LaneLoops.multiply(to, from, count);
            case SUBTRACT -> LaneLoops.subtract(to, from, count);
            case XOR -> LaneLoops.xor(to, from, count);
            case ADD_SHIFTED -> LaneLoops.addShifted(to, from, constant, count);
            case ROTATE -> LaneLoops.rotateRight(to, constant, count);
            case ADD_CONSTANT -> LaneLoops.addConstant(to, constant, count);
            case XOR_CONSTANT -> LaneLoops.xorConstant(to, constant, count);
            case TARGET, BRANCH -> throw new IllegalStateException("no registers to change");
        }
    }

    /** As {@link HashX#fold}. */
    private void fold(SipKey key, long[] hashes, int at) {
        LaneLoops.addConstant(rows[0], key.v0(), LANES);
        LaneLoops.addConstant(rows[1], key.v1(), LANES);
        LaneLoops.addConstant(rows[6], key.v2(), LANES);
        LaneLoops.addConstant(rows[7], key.v3(), LANES);
        LaneLoops.stir(1, rows[0], rows[1], rows[2], rows[3], LANES);
        LaneLoops.stir(1, rows[4], rows[5], rows[6], rows[7], LANES);
        LaneLoops.xor(rows[0], rows[4], LANES);
        System.arraycopy(rows[0], 0, hashes, at, LANES);
    }
}
