package io.allium.authority;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** How a list of opinions becomes one. */
final class Tally {
    private Tally() {}

    /**
     * The middle opinion, and of an even number the smaller of the two in the middle.
     *
     * @spec dir-spec 3.8
     */
    static <T extends Comparable<? super T>> T lowMedian(Collection<T> opinions) {
        List<T> sorted = new ArrayList<>(opinions);
        sorted.sort(null);
        return sorted.get((sorted.size() - 1) / 2);
    }

    /** What was said most often; of several, the last in {@code order}. Absent where nothing was said. */
    static <T> Optional<T> mostFrequent(Collection<T> opinions, Comparator<? super T> order) {
        if (isUnanimous(opinions)) {
            return opinions.stream().findFirst();
        }
        T winner = null;
        int most = 0;
        for (List<T> same : groups(opinions, order)) {
            if (same.size() >= most) {
                winner = same.getFirst();
                most = same.size();
            }
        }
        return Optional.ofNullable(winner);
    }

    /** Of most relays all say the same, which is sooner seen than sorted. */
    private static boolean isUnanimous(Collection<?> opinions) {
        Object first = null;
        for (Object opinion : opinions) {
            if (first != null && !first.equals(opinion)) {
                return false;
            }
            first = opinion;
        }
        return true;
    }

    /** What was said more than {@code count} times, in {@code order}. */
    static <T> List<T> saidMoreThan(int count, Collection<T> opinions, Comparator<? super T> order) {
        List<T> frequent = new ArrayList<>();
        for (List<T> same : groups(opinions, order)) {
            if (same.size() > count) {
                frequent.add(same.getFirst());
            }
        }
        return frequent;
    }

    /** The opinions sorted, those together that {@code order} finds equal. */
    private static <T> List<List<T>> groups(Collection<T> opinions, Comparator<? super T> order) {
        List<T> sorted = new ArrayList<>(opinions);
        sorted.sort(order);
        List<List<T>> groups = new ArrayList<>();
        for (T opinion : sorted) {
            if (groups.isEmpty() || order.compare(groups.getLast().getFirst(), opinion) != 0) {
                groups.add(new ArrayList<>());
            }
            groups.getLast().add(opinion);
        }
        return groups;
    }
}
