package io.allium.netdoc;

/**
 * How much traffic a relay is willing to carry and has carried, in bytes a second.
 *
 * @param rate over long times
 * @param burst over short times
 * @param observed the most that it carried in ten seconds of the last days
 * @spec dir-spec 2.1.1
 */
public record AdvertisedBandwidth(long rate, long burst, long observed) {}
