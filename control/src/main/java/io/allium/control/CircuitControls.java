package io.allium.control;

import io.allium.base.ProtocolViolation;
import io.allium.base.TorException;
import java.util.List;
import java.util.Optional;

/** The commands of a controller that make circuits and attach streams to them. Immutable; the controller may be closed. */
public final class CircuitControls {
    /** What EXTENDCIRCUIT calls a circuit that is to be made, and ATTACHSTREAM one that Tor chooses. */
    private static final String NONE = "0";

    private static final String EXTENDED = "EXTENDED ";

    private final Controller controller;

    CircuitControls(Controller controller) {
        this.controller = controller;
    }

    /**
     * Begins a circuit through these relays; {@link Heard#CIRC} tells how it goes on.
     *
     * @param relays fingerprints or nicknames, the first hop first; none for a path that Tor chooses
     * @return its ID
     */
    public String make(List<String> relays) throws TorException, InterruptedException {
        return extended(NONE, relays, "");
    }

    /** The same for a purpose: {@code general} or {@code controller}. */
    public String make(List<String> relays, String purpose) throws TorException, InterruptedException {
        return extended(NONE, relays, " purpose=" + purpose);
    }

    /** Begins to make a circuit longer. */
    public void extend(String circuit, List<String> relays) throws TorException, InterruptedException {
        extended(circuit, relays, "");
    }

    private String extended(String circuit, List<String> relays, String purpose)
            throws TorException, InterruptedException {
        String path = relays.isEmpty() ? "" : " " + String.join(",", relays);
        String text = controller
                .ask("EXTENDCIRCUIT " + circuit + path + purpose)
                .orRefused()
                .text();
        if (!text.startsWith(EXTENDED)) {
            throw new ProtocolViolation("EXTENDCIRCUIT is answered with " + CString.quote(text));
        }
        return text.substring(EXTENDED.length());
    }

    public void setPurpose(String circuit, String purpose) throws TorException, InterruptedException {
        controller.ask("SETCIRCUITPURPOSE " + circuit + " purpose=" + purpose).orRefused();
    }

    /** @param ifUnused leaves a circuit that has streams */
    public void close(String circuit, boolean ifUnused) throws TorException, InterruptedException {
        controller
                .ask("CLOSECIRCUIT " + circuit + (ifUnused ? " IfUnused" : ""))
                .orRefused();
    }

    /** @param circuit a circuit, or none for one that Tor chooses */
    public void attach(String stream, Optional<String> circuit) throws TorException, InterruptedException {
        controller.ask("ATTACHSTREAM " + stream + " " + circuit.orElse(NONE)).orRefused();
    }

    /** Lets a stream leave from an earlier hop of the circuit, the first of which is 1. */
    public void attach(String stream, String circuit, int hop) throws TorException, InterruptedException {
        controller.ask("ATTACHSTREAM " + stream + " " + circuit + " HOP=" + hop).orRefused();
    }

    /** Lets a stream that is not attached yet go to another address. */
    public void redirect(String stream, String host) throws TorException, InterruptedException {
        controller.ask("REDIRECTSTREAM " + stream + " " + host).orRefused();
    }

    /** @param reason the number of tor-spec's RELAY_END reason */
    public void closeStream(String stream, int reason) throws TorException, InterruptedException {
        controller.ask("CLOSESTREAM " + stream + " " + reason).orRefused();
    }
}
