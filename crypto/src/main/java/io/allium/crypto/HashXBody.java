package io.allium.crypto;

/** A HashX program as code of the JVM. */
interface HashXBody {
    /** What {@link HashXProgram#run} does. */
    void run(long[] registers);
}
