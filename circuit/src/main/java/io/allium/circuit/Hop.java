package io.allium.circuit;

import io.allium.crypto.OriginLayer;
import org.jspecify.annotations.Nullable;

/**
 * What we share with one relay of a circuit, or with the other end behind a rendezvous point, which is a virtual hop: keys,
 * and how much may be in flight. What goes outbound ({@code packaging} and
 * that half of {@code layer}) is guarded by the circuit's {@link OutboundHalf}; what comes inbound ({@code delivery} and the
 * other half of {@code layer}) is confined to the channel's loop.
 */
final class Hop {
    private final int number;
    private final @Nullable HopTarget target;
    private final OriginLayer layer;
    private final PackagingFlow packaging;
    private final ReceiveWindow delivery;

    /**
     * The {@code number} of the first hop is 1.
     *
     * @param target null for a virtual hop
     */
    Hop(int number, @Nullable HopTarget target, OriginLayer layer, PackagingFlow packaging) {
        this.number = number;
        this.target = target;
        this.layer = layer;
        this.packaging = packaging;
        this.delivery = packaging.delivery();
    }

    int number() {
        return number;
    }

    /** The relay; null where it is no relay. */
    @Nullable
    HopTarget target() {
        return target;
    }

    /** Whether it is the other end behind a rendezvous point. */
    boolean isVirtual() {
        return target == null;
    }

    /** Which end of the streams with this hop we are. */
    StreamEnd streamEnd() {
        return isVirtual() ? StreamEnd.ONION : StreamEnd.ORIGIN;
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
        return "hop " + number + " (" + (isVirtual() ? "beyond the rendezvous point" : target) + ")";
    }
}
