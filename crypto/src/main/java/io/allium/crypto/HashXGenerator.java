package io.allium.crypto;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes the program of a HashX function: a random sequence of instructions that keeps all three ports of a simulated processor
 * busy for 192 cycles, so that nothing computes it faster than a processor does. Each cycle has three slots. The first is for
 * a multiplication, twice in twelve cycles for a wide one; one slot in these twelve cycles sets a target and one branches to it;
 * the others mix registers by whatever is drawn. The operation is drawn first, then its constant, its source and its destination, of
 * the registers whose value is there when it begins. Confined to its function.
 *
 * <p>The order of the draws and the rules are part of the function. No specification tells them; what is written here is what
 * Equi-X's users agree on.
 */
final class HashXGenerator {
    /** Until when instructions begin. */
    static final int CYCLES = 192;

    private static final int REGISTERS = 8;
    private static final int SLOTS_IN_A_CYCLE = 3;

    /** Twelve cycles, after which their pattern repeats. */
    private static final int PATTERN = 36;

    private static final int TARGET_SLOT = 1;
    private static final int BRANCH_SLOT = 19;

    /** The slots of the wide multiplications. */
    private static final int WIDE_SLOTS = 12;

    /** A branch is taken where four bits are zero: once in sixteen times. */
    private static final int BRANCH_BITS = 4;

    /** What the rest is drawn from. The first half needs no source, and is all there is after a stall. */
    private static final HashXOperation[] MIXING = {
        HashXOperation.ROTATE,
        HashXOperation.XOR_CONSTANT,
        HashXOperation.ADD_CONSTANT,
        HashXOperation.ADD_CONSTANT,
        HashXOperation.SUBTRACT,
        HashXOperation.XOR,
        HashXOperation.XOR_CONSTANT,
        HashXOperation.ADD_SHIFTED,
    };

    /** The register that x86 cannot name as the destination of its addition of three. */
    private static final int NO_SUM = 5;

    /** Stands for whatever constant an operation has: two of them in a row would be one. */
    private static final int CONSTANT = -1;

    /** What makes all functions take as long: with fewer of a seed's programs than one in 10,000 there is anything amiss. */
    private static final int MULTIPLICATIONS = 192;

    /** When the last result is there, in cycles. */
    private static final int LAST_RESULT = 194;

    private final HashXPorts ports = new HashXPorts();

    // Of each register: when its value is there, and what was last done to it with what.
    private final int[] ready = new int[REGISTERS];
    private final @Nullable HashXOperation[] lastFamily = new @Nullable HashXOperation[REGISTERS];
    private final int[] lastOperand = new int[REGISTERS];

    private int slot;
    private boolean retrying;
    private @Nullable HashXOperation previousFamily;
    private int multiplications;
    private int lastResult;

    // The instruction that is being made.
    private HashXOperation operation = HashXOperation.TARGET;
    private int constant;
    private int operand;
    private int source;
    private int destination;

    /**
     * Writes the key's program.
     *
     * @return false if the key has none that is as hard as others, which happens to about one in 10,000
     */
    boolean generate(SipKey key, HashXProgram program) {
        clear();
        program.clear();
        HashXDraws draws = new HashXDraws(key);
        boolean inTime = true;
        while (inTime && !program.isFull()) {
            inTime = tryOne(draws, program);
        }
        return program.isFull() && multiplications == MULTIPLICATIONS && lastResult == LAST_RESULT;
    }

    private void clear() {
        ports.clear();
        Arrays.fill(ready, 0);
        Arrays.fill(lastFamily, null);
        slot = 0;
        retrying = false;
        previousFamily = null;
        multiplications = 0;
        lastResult = 0;
    }

    /** Adds an instruction, or finds no registers for it; false if it could not begin in time. */
    private boolean tryOne(HashXDraws draws, HashXProgram program) {
        drawOperation(draws);
        drawConstant(draws);
        int cycle = ports.earliest(operation, slot / SLOTS_IN_A_CYCLE);
        if (cycle < 0) {
            return false;
        }
        if (!drawSource(draws, cycle) || !drawDestination(draws, cycle)) {
            stall();
            return true;
        }
        retrying = false;
        ports.take(operation, cycle);
        if (cycle >= CYCLES) {
            return false;
        }
        retire(cycle);
        program.add(operation, destination, source, constant);
        slot += operation.width();
        return true;
    }

    /** What cannot be done is tried once more with what needs less; then a cycle passes. */
    private void stall() {
        if (retrying) {
            slot += SLOTS_IN_A_CYCLE;
        }
        retrying = !retrying;
    }

    private void drawOperation(HashXDraws draws) {
        int at = slot % PATTERN;
        if (at == TARGET_SLOT) {
            operation = HashXOperation.TARGET;
        } else if (at == BRANCH_SLOT) {
            operation = HashXOperation.BRANCH;
        } else if (at % SLOTS_IN_A_CYCLE != 0) {
            drawMixing(draws);
        } else if (at > 0 && at % WIDE_SLOTS == 0) {
            operation = (draws.octet() & 1) == 0
                    ? HashXOperation.MULTIPLY_HIGH_SIGNED
                    : HashXOperation.MULTIPLY_HIGH_UNSIGNED;
        } else {
            operation = HashXOperation.MULTIPLY;
        }
        previousFamily = operation.family();
    }

    private void drawMixing(HashXDraws draws) {
        int mask = (retrying ? MIXING.length / 2 : MIXING.length) - 1;
        do {
            operation = MIXING[draws.octet() & mask];
        } while (operation.family() == previousFamily);
    }

    private void drawConstant(HashXDraws draws) {
        operand = CONSTANT;
        constant = switch (operation) {
            case ADD_SHIFTED -> draws.word() & 3;
            case ROTATE -> notZero(draws, Long.SIZE - 1);
            case ADD_CONSTANT, XOR_CONSTANT -> notZero(draws, -1);
            case BRANCH -> branchMask(draws);
            case MULTIPLY_HIGH_UNSIGNED, MULTIPLY_HIGH_SIGNED -> {
                operand = draws.word(); // no two of them are alike
                yield 0;
            }
            case MULTIPLY, SUBTRACT, XOR, TARGET -> 0;
        };
    }

    private static int notZero(HashXDraws draws, int mask) {
        int drawn;
        do {
            drawn = draws.word() & mask;
        } while (drawn == 0);
        return drawn;
    }

    private static int branchMask(HashXDraws draws) {
        int mask = 0;
        while (Integer.bitCount(mask) < BRANCH_BITS) {
            mask |= 1 << draws.octet() % Integer.SIZE;
        }
        return mask;
    }

    /** False if no register is ready. */
    private boolean drawSource(HashXDraws draws, int cycle) {
        source = -1;
        if (!operation.hasSource()) {
            return true;
        }
        int candidates = 0;
        for (int register = 0; register < REGISTERS; register++) {
            if (ready[register] <= cycle) {
                candidates |= 1 << register;
            }
        }
        boolean onlyAsSource = operation == HashXOperation.ADD_SHIFTED
                && Integer.bitCount(candidates) == 2
                && (candidates & 1 << NO_SUM) != 0;
        source = onlyAsSource ? NO_SUM : drawOne(draws, candidates);
        if (!operation.isWideMultiplication()) {
            operand = source;
        }
        return source >= 0;
    }

    /** False if no register will do. */
    private boolean drawDestination(HashXDraws draws, int cycle) {
        destination = -1;
        if (!operation.hasDestination()) {
            return true;
        }
        int candidates = 0;
        for (int register = 0; register < REGISTERS; register++) {
            if (ready[register] <= cycle && canChange(register)) {
                candidates |= 1 << register;
            }
        }
        destination = drawOne(draws, candidates);
        return destination >= 0;
    }

    /** Keeps out what could be left away, what could be one with what came before, and products of products, which end in zeros. */
    private boolean canChange(int register) {
        if (register == source && !operation.isWideMultiplication()) {
            return false;
        }
        if (register == NO_SUM && operation == HashXOperation.ADD_SHIFTED) {
            return false;
        }
        HashXOperation last = lastFamily[register];
        if (operation == HashXOperation.MULTIPLY && last == HashXOperation.MULTIPLY && !retrying) {
            return false;
        }
        return last != operation.family() || lastOperand[register] != operand;
    }

    /** One of the registers whose bits are set, without a draw where there is no choice; -1 if there is none. */
    private static int drawOne(HashXDraws draws, int candidates) {
        int count = Integer.bitCount(candidates);
        if (count == 0) {
            return -1;
        }
        int skip = count == 1 ? 0 : Integer.remainderUnsigned(draws.word(), count);
        int left = candidates;
        for (int i = 0; i < skip; i++) {
            left &= left - 1;
        }
        return Integer.numberOfTrailingZeros(left);
    }

    private void retire(int cycle) {
        if (operation.isMultiplication()) {
            multiplications++;
        }
        if (operation.hasDestination()) {
            ready[destination] = cycle + operation.latency;
            lastFamily[destination] = operation.family();
            lastOperand[destination] = operand;
            lastResult = Math.max(lastResult, ready[destination]);
        }
    }
}
