package io.allium.circuit;

import java.util.concurrent.CompletableFuture;

/**
 * What a thread that lengthens the circuit waits for.
 *
 * @param hop who may give it: the number of the last hop, or 0 for the cell that makes the first
 * @param command of the channel cell if there is no hop yet, else of the relay message
 * @param handshake completes with the relay's half of the handshake, or fails with the reason why it will not come
 */
record AwaitedAnswer(int hop, int command, CompletableFuture<byte[]> handshake) {
    AwaitedAnswer(int hop, int command) {
        this(hop, command, new CompletableFuture<>());
    }
}
