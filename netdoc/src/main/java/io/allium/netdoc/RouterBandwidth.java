package io.allium.netdoc;

import java.util.OptionalLong;

/**
 * The {@code w} line: how much traffic to expect of a relay, in kilobytes a second.
 *
 * @param bandwidth what path choice goes by
 * @param measured in votes: what a bandwidth authority measured
 * @param unmeasured in consensuses: fewer than three authorities measured it
 * @spec dir-spec 3.4.1
 */
public record RouterBandwidth(long bandwidth, OptionalLong measured, boolean unmeasured) {}
