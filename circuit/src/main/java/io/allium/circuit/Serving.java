package io.allium.circuit;

/**
 * That a circuit of ours ends in a client, who opens streams to us. Immutable.
 *
 * @param client the virtual hop behind the rendezvous point
 */
record Serving(Hop client, StreamAcceptor acceptor, StreamLimit limit) {}
