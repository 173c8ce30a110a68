package io.allium.onionservice;

import io.allium.directory.NetworkView;

/**
 * The two rings that services publish on at any time, of which clients use one: so a client whose consensus is somewhat
 * older or newer than the service's finds what it looks for. Immutable.
 *
 * @param older of the period that began earlier
 * @param newer of the period after that
 * @param newerIsCurrent whether it is the newer one that clients use
 * @spec rend-spec-v3 2.2.4
 */
public record HsDirRings(HsDirRing older, HsDirRing newer, boolean newerIsCurrent) {
    /**
     * The rings by one consensus.
     *
     * @param testing whether this is a testing network, whose time periods are short
     */
    public static HsDirRings of(NetworkView view, boolean testing) {
        DescriptorSchedule schedule = DescriptorSchedule.of(view, testing);
        return new HsDirRings(
                HsDirRing.of(view, schedule.older(), schedule.ofOlder(), schedule.olderSince()),
                HsDirRing.of(view, schedule.newer(), schedule.ofNewer(), schedule.newerSince()),
                schedule.newerIsCurrent());
    }

    /** The one that clients fetch from. */
    public HsDirRing current() {
        return newerIsCurrent ? newer : older;
    }
}
