package io.allium.bench;

import io.allium.crypto.Fingerprint;
import io.allium.netdoc.RouterDescriptor;
import java.util.List;

/**
 * A relay that does not exist, whose documents are signed like a real one's.
 *
 * @param descriptors the newest last; most have one
 * @param extraInfo what belongs to the newest
 * @param temper between 0 and 1: how long it runs without a break, compared to the others
 * @param kilobytes that it carries in a second, whatever it says
 * @param isUp whether it can be reached just now
 */
record MadeRelay(List<RouterDescriptor> descriptors, byte[] extraInfo, double temper, long kilobytes, boolean isUp) {
    MadeRelay {
        descriptors = List.copyOf(descriptors);
    }

    RouterDescriptor newest() {
        return descriptors.getLast();
    }

    Fingerprint fingerprint() {
        return newest().fingerprint();
    }
}
