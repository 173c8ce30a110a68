package io.allium.crypto;

/** How many hashes of one function are computed: what the option CompiledProofOfWorkHash chooses. All ways have the same result. */
public enum HashXRuntime {
    /** As is fastest, which is {@link #INTERPRETED}: docs/decisions/0013. */
    AUTOMATIC,
    /** All inputs in lockstep through an interpreter. */
    INTERPRETED,
    /** By a class that is made of the function's program. */
    COMPILED
}
