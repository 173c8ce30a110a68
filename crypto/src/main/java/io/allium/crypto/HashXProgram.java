package io.allium.crypto;

/** The instructions of a HashX function, and their interpreter. Confined to its function, which writes it anew for each seed. */
final class HashXProgram {
    /** Instructions, no more and no fewer. */
    static final int LENGTH = 512;

    static final int REGISTERS = 8;

    private final HashXOperation[] operations = new HashXOperation[LENGTH];
    private final byte[] destinations = new byte[LENGTH];
    private final byte[] sources = new byte[LENGTH];
    private final int[] constants = new int[LENGTH];
    private int length;

    void clear() {
        length = 0;
    }

    void add(HashXOperation operation, int destination, int source, int constant) {
        operations[length] = operation;
        destinations[length] = (byte) destination;
        sources[length] = (byte) source;
        constants[length] = constant;
        length++;
    }

    boolean isFull() {
        return length == LENGTH;
    }

    HashXOperation operation(int at) {
        return operations[at];
    }

    /** A register, or -1 if the operation has none. */
    int destination(int at) {
        return destinations[at];
    }

    /** A register, or -1 if the operation has none. */
    int source(int at) {
        return sources[at];
    }

    int constant(int at) {
        return constants[at];
    }

    /** Runs over the registers, one instruction after the other. */
    void run(long[] r) {
        int target = 0;
        boolean mayBranch = true;
        int upperHalf = 0;
        for (int i = 0; i < LENGTH; i++) {
            int to = destinations[i];
            int from = sources[i];
            int constant = constants[i];
            switch (operations[i]) {
                case MULTIPLY_HIGH_UNSIGNED -> {
                    r[to] = Math.unsignedMultiplyHigh(r[to], r[from]);
                    upperHalf = (int) r[to];
                }
                case MULTIPLY_HIGH_SIGNED -> {
                    r[to] = Math.multiplyHigh(r[to], r[from]);
                    upperHalf = (int) r[to];
                }
                case MULTIPLY -> r[to] *= r[from];
                case SUBTRACT -> r[to] -= r[from];
                case XOR -> r[to] ^= r[from];
                case ADD_SHIFTED -> r[to] += r[from] << constant;
                case ROTATE -> r[to] = Long.rotateRight(r[to], constant);
                case ADD_CONSTANT -> r[to] += constant;
                case XOR_CONSTANT -> r[to] ^= constant;
                case TARGET -> target = i;
                case BRANCH -> {
                    if (mayBranch && (upperHalf & constant) == 0) {
                        mayBranch = false;
                        i = target;
                    }
                }
            }
        }
    }
}
