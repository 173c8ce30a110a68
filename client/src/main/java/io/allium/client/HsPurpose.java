package io.allium.client;

import io.allium.client.CircuitEvents.HsState;
import io.allium.client.CircuitEvents.Purpose;
import java.util.Optional;

/**
 * What an onion service's circuit is for, and with it how long it is: whoever might choose its last relay, or see it chosen
 * again and again, is kept one relay away from those that we come by each time.
 *
 * @spec vanguards-spec; rend-spec-v3 0.2
 */
public enum HsPurpose {
    /** A client asks a directory for a descriptor. */
    CLIENT_HSDIR(Purpose.HS_CLIENT_HSDIR, HsState.HSCI_CONNECTING),

    /** A client introduces itself. */
    CLIENT_INTRO(Purpose.HS_CLIENT_INTRO, HsState.HSCI_CONNECTING),

    /** A client waits for the service, at a relay that it chose itself. */
    CLIENT_REND(Purpose.HS_CLIENT_REND, HsState.HSCR_CONNECTING),

    /** A service publishes its descriptor. */
    SERVICE_HSDIR(Purpose.HS_SERVICE_HSDIR, HsState.HSSI_CONNECTING),

    /** A service waits for clients. */
    SERVICE_INTRO(Purpose.HS_SERVICE_INTRO, HsState.HSSI_CONNECTING),

    /** A service goes to meet a client. */
    SERVICE_REND(Purpose.HS_SERVICE_REND, HsState.HSSR_CONNECTING);

    private final Purpose purpose;
    private final HsState connecting;

    HsPurpose(Purpose purpose, HsState connecting) {
        this.purpose = purpose;
        this.connecting = connecting;
    }

    /** What the control port is told while it is being built. */
    CircuitEvents.Use use(String service) {
        return new CircuitEvents.Use(
                purpose, Optional.of(connecting), service.isEmpty() ? Optional.empty() : Optional.of(service));
    }

    boolean isService() {
        return switch (this) {
            case CLIENT_HSDIR, CLIENT_INTRO, CLIENT_REND -> false;
            case SERVICE_HSDIR, SERVICE_INTRO, SERVICE_REND -> true;
        };
    }

    /** How many relays its path has: as in C tor. */
    int hops(boolean thirdLayer) {
        return switch (this) {
            case CLIENT_REND -> thirdLayer ? 4 : 3;
            case SERVICE_HSDIR, SERVICE_INTRO -> 4;
            case CLIENT_HSDIR, CLIENT_INTRO, SERVICE_REND -> thirdLayer ? 5 : 4;
        };
    }

    /**
     * Whether a circuit built ahead will do, made one hop longer if that is wanted. To its introduction points a service goes
     * in no hurry, and stays.
     */
    boolean takesReadyOnes() {
        return this != SERVICE_INTRO;
    }

    /** Whether its relays must live long. */
    boolean isLongLived() {
        return this == SERVICE_INTRO;
    }
}
