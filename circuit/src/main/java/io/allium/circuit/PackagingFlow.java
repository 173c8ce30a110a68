package io.allium.circuit;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The flow of DATA cells that one end of a circuit sends to the other: its window, the proofs that it awaits, and where it
 * leaves room for chance. Both ends use it: an origin has one for each hop, a relay one for each circuit. Guarded by
 * the lock under which its owner encrypts, since the digests follow the order of sending.
 *
 * <p>An end that could foresee every byte of the cells would know the digests without reading them, and could
 * acknowledge a download that it never took. So in each increment one DATA cell is cut short, at a place that chance
 * picks, and its end filled with random bytes.
 *
 * @spec tor-spec 7.3, 7.3.1; proposal 289
 */
public final class PackagingFlow {
    /** Bytes of a DATA cell that are left for four zeros and sixteen random bytes: tor-spec 6.1, proposal 289. */
    static final int ROOM_FOR_CHANCE = 4 + 16;

    private final FlowParameters parameters;
    private final Entropy entropy;
    private final PackagingWindow window;
    private final SendmeDigests digests = new SendmeDigests();
    private int sinceMark;
    private int chanceAt;
    private boolean unforeseeable;

    private PackagingFlow(FlowParameters parameters, PackagingWindow window, Entropy entropy) {
        this.parameters = parameters;
        this.entropy = entropy;
        this.window = window;
        this.chanceAt = pickPlace();
    }

    /** With a fixed window, where congestion control was not agreed on. */
    public static PackagingFlow fixed(FlowParameters parameters, Entropy entropy) {
        return new PackagingFlow(parameters, SendWindow.ofCircuit(parameters.circuitWindow()), entropy);
    }

    /** With congestion control, and SENDMEs for so many cells each, as was agreed on. */
    public static PackagingFlow controlled(
            FlowParameters parameters, int increment, RoundTripClock clock, Entropy entropy) {
        return new PackagingFlow(parameters, new CongestionWindow(parameters.congestion(), increment, clock), entropy);
    }

    public FlowParameters parameters() {
        return parameters;
    }

    /** Whether congestion control was agreed on: then its streams have XON and XOFF, and no windows. */
    public boolean isControlled() {
        return window instanceof CongestionWindow;
    }

    /** The window that answers to this one at the other end, which the same SENDMEs move. */
    public ReceiveWindow delivery() {
        return new ReceiveWindow(SendWindow.CIRCUIT_START, window.increment());
    }

    /** How congestion control stands, where there is any. */
    public Optional<CongestionState> state() {
        return window instanceof CongestionWindow controlled ? Optional.of(controlled.state()) : Optional.empty();
    }

    /** The averaged time there and back in nanoseconds; 0 while it is not known, and where the window is fixed. */
    public long roundTrip() {
        return window instanceof CongestionWindow controlled ? controlled.roundTrip() : 0;
    }

    /** The longest time there and back that was measured, likewise. */
    public long longestRoundTrip() {
        return window instanceof CongestionWindow controlled ? controlled.longestRoundTrip() : 0;
    }

    /** Whether a SENDME is due for what was sent. */
    public boolean awaitsAcknowledgement() {
        return digests.size() > 0;
    }

    /** DATA cells that may be sent now. */
    public int left() {
        return window.left();
    }

    public boolean isEmpty() {
        return window.left() == 0;
    }

    /** How many of the {@code most} bytes that a DATA cell holds the next one may carry. */
    public int dataLimit(int most) {
        return !unforeseeable && sinceMark >= chanceAt ? most - ROOM_FOR_CHANCE : most;
    }

    /**
     * Counts a DATA cell just encrypted for the other end; the window was not empty.
     *
     * @param unused bytes of the cell that its data left to padding
     * @param digest the running digest after this cell; asked only where a SENDME will have to prove it
     */
    public void sent(int unused, Supplier<byte[]> digest) {
        unforeseeable |= unused >= ROOM_FOR_CHANCE;
        sinceMark++;
        if (window.sent()) {
            digests.expect(digest.get());
            sinceMark = 0;
            chanceAt = pickPlace();
            unforeseeable = false;
        }
    }

    /**
     * Takes a circuit-level SENDME; a false or undue one is a reason to end the circuit.
     *
     * @param blocked whether the channel has as much of this circuit as it takes
     */
    public void acknowledged(int version, byte[] proof, boolean blocked) throws ProtocolViolation {
        if (version < parameters.sendmeAcceptVersion() || version > 1) {
            throw new ProtocolViolation("SENDME: version " + version + " is not accepted");
        }
        if (version == 0) {
            digests.skip();
        } else {
            digests.verify(proof);
        }
        window.acknowledged(blocked);
    }

    /** Any place but the last few is as good; the later half keeps small transfers unmarked, as C tor does. */
    private int pickPlace() {
        int half = window.increment() / 2;
        return half + entropy.below(Math.max(1, window.increment() - half));
    }
}
