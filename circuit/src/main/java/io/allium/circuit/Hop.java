package io.allium.circuit;

import io.allium.crypto.OriginLayer;

/**
 * What we share with one relay of a circuit: keys, and how much may be in flight. What goes outbound ({@code packaging} and
 * that half of {@code layer}) is guarded by the circuit's {@link OutboundHalf}; what comes inbound ({@code delivery} and the
 * other half of {@code layer}) is confined to the channel's loop.
 */
final class Hop {
    private final int number;
    private final HopTarget target;
    private final OriginLayer layer;
    private final PackagingFlow packaging;
    private final ReceiveWindow delivery;

    /** The {@code number} of the first hop is 1. */
    Hop(int number, HopTarget target, OriginLayer layer, PackagingFlow packaging) {
        this.number = number;
        this.target = target;
        this.layer = layer;
        this.packaging = packaging;
        this.delivery = packaging.delivery();
    }

    int number() {
        return number;
    }

    HopTarget target() {
        return target;
    }

    OriginLayer layer() {
        return layer;
    }

    PackagingFlow packaging() {
        return packaging;
    }

    ReceiveWindow delivery() {
        return delivery;
    }

    @Override
    public String toString() {
        return "hop " + number + " (" + target + ")";
    }
}
