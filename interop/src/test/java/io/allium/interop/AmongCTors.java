package io.allium.interop;

/** A network of C tor's nodes with a client of ours. */
final class AmongCTors extends SharedNetwork {
    AmongCTors() {
        super(MixedNetwork.Size.USUAL, "client0");
    }
}
