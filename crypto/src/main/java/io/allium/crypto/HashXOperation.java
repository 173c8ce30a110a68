package io.allium.crypto;

import static io.allium.crypto.HashXPorts.ANY;
import static io.allium.crypto.HashXPorts.NONE;
import static io.allium.crypto.HashXPorts.P0;
import static io.allium.crypto.HashXPorts.P1;
import static io.allium.crypto.HashXPorts.P5;

/** What an instruction of HashX does, and what that costs the processor that its generator simulates (Intel's Ivy Bridge). */
enum HashXOperation {
    /** The upper half of an unsigned product of 128 bits; its lower 32 bits decide the next branch. */
    MULTIPLY_HIGH_UNSIGNED(4, P1, P5),
    /** The upper half of a signed product of 128 bits; its lower 32 bits decide the next branch. */
    MULTIPLY_HIGH_SIGNED(4, P1, P5),
    /** The lower half of a product. */
    MULTIPLY(3, P1, NONE),
    SUBTRACT(1, ANY, NONE),
    XOR(1, ANY, NONE),
    /** Adds the source, shifted left by the constant. */
    ADD_SHIFTED(1, P0 | P1, NONE),
    /** Rotates right by the constant. */
    ROTATE(1, P0 | P5, NONE),
    /** Adds the constant with its sign. */
    ADD_CONSTANT(1, ANY, NONE),
    /** Takes the exclusive or with the constant and its sign. */
    XOR_CONSTANT(1, ANY, NONE),
    /** Where the next branch leads. */
    TARGET(1, ANY, ANY),
    /** Back to the last target, once in each hash, where the constant's bits are all zero in the last upper half. */
    BRANCH(1, ANY, ANY);

    /** Until the result can be used, in cycles. */
    final int latency;

    /** Where the first micro-operation can run. */
    final int ports;

    /** Where the second can run, if there is one. */
    final int secondPorts;

    HashXOperation(int latency, int ports, int secondPorts) {
        this.latency = latency;
        this.ports = ports;
        this.secondPorts = secondPorts;
    }

    /** In how many micro-operations it comes. */
    int width() {
        return secondPorts == NONE ? 1 : 2;
    }

    boolean isWideMultiplication() {
        return this == MULTIPLY_HIGH_UNSIGNED || this == MULTIPLY_HIGH_SIGNED;
    }

    boolean isMultiplication() {
        return this == MULTIPLY || isWideMultiplication();
    }

    boolean hasDestination() {
        return this != TARGET && this != BRANCH;
    }

    boolean hasSource() {
        return switch (this) {
            case MULTIPLY_HIGH_UNSIGNED, MULTIPLY_HIGH_SIGNED, MULTIPLY, SUBTRACT, XOR, ADD_SHIFTED -> true;
            case ROTATE, ADD_CONSTANT, XOR_CONSTANT, TARGET, BRANCH -> false;
        };
    }

    /** What could be merged with what: a sum and a difference undo each other. */
    HashXOperation family() {
        return this == SUBTRACT ? ADD_SHIFTED : this;
    }
}
