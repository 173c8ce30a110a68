package io.allium.circuit;

import java.time.Duration;

/**
 * How the congestion control of a circuit's last hop stands. Immutable.
 *
 * @param slowStart whether the window still grows by what it finds
 * @param window DATA cells that may be in flight
 * @param inFlight DATA cells that are
 * @param roundTrip the averaged time there and back; zero before the first SENDME
 * @param leastRoundTrip the least of the averages; likewise
 */
public record CongestionState(
        boolean slowStart, int window, int inFlight, Duration roundTrip, Duration leastRoundTrip) {}
