package io.allium.circuit;

/** An onion service as the circuits of its clients know it. */
public interface StreamAcceptor {
    /**
     * A client opens a stream to this virtual port, on the channel's loop: must not wait. Whoever it is for answers it with
     * {@link OnionStream#accept} or {@link OnionStream#refuse}, from any thread.
     */
    void begin(OnionStream stream, int port);
}
