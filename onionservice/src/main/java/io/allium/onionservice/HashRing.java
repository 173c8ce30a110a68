package io.allium.onionservice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Things at places on a circle of 32-byte numbers, after the greatest of which comes the least. Immutable. */
final class HashRing<T> {
    /** Something and where it is. */
    record Place<T>(byte[] index, T what) {}

    private final List<Place<T>> places;

    HashRing(List<Place<T>> places) {
        List<Place<T>> sorted = new ArrayList<>(places);
        sorted.sort(Comparator.comparing(Place<T>::index, Arrays::compareUnsigned));
        this.places = List.copyOf(sorted);
    }

    /** So many things that follow each of these numbers; what was met before does not count. */
    List<T> following(List<byte[]> starts, int spread) {
        Set<T> chosen = new LinkedHashSet<>();
        for (byte[] start : starts) {
            int first = firstFrom(start);
            int added = 0;
            for (int i = 0; i < places.size() && added < spread; i++) {
                if (chosen.add(places.get((first + i) % places.size()).what)) {
                    added++;
                }
            }
        }
        return List.copyOf(chosen);
    }

    private int firstFrom(byte[] index) {
        int low = 0;
        int high = places.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(places.get(middle).index, index) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
