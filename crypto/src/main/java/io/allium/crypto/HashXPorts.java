package io.allium.crypto;

import java.util.Arrays;

/**
 * Which of three execution ports are taken in which cycle of the simulated processor. Bits are ordered by preference: a
 * micro-operation takes port 5 where it can, then port 0, and leaves port 1 to multiplications. Confined to its generator.
 */
final class HashXPorts {
    static final int NONE = 0;
    static final int P5 = 1;
    static final int P0 = 2;
    static final int P1 = 4;
    static final int ANY = P0 | P1 | P5;

    /** No instruction begins after {@link HashXGenerator#CYCLES}; a multiplication's result is there four later. */
    private static final int CYCLES = HashXGenerator.CYCLES + 4;

    private final byte[] taken = new byte[CYCLES];

    void clear() {
        Arrays.fill(taken, (byte) NONE);
    }

    /**
     * The first cycle, from {@code cycle} on, in which the operation can begin, or -1 if there is none. Of two micro-operations
     * each must find a port in it, but for this question they may find the same.
     */
    int earliest(HashXOperation operation, int cycle) {
        for (int at = cycle; at < CYCLES; at++) {
            boolean first = isFree(operation.ports, at);
            if (first && (operation.secondPorts == NONE || isFree(operation.secondPorts, at))) {
                return at;
            }
        }
        return -1;
    }

    /** Takes the ports of an operation that begins in this cycle; a second micro-operation goes where it finds one next. */
    void take(HashXOperation operation, int cycle) {
        takeOne(operation.ports, cycle);
        if (operation.secondPorts != NONE) {
            takeOne(operation.secondPorts, cycle);
        }
    }

    private void takeOne(int ports, int cycle) {
        int at = cycle;
        while (at < CYCLES && !isFree(ports, at)) {
            at++;
        }
        if (at < CYCLES) {
            taken[at] |= (byte) Integer.lowestOneBit(ports & ~taken[at]);
        }
    }

    private boolean isFree(int ports, int cycle) {
        return (ports & ~taken[cycle]) != 0;
    }
}
