package io.allium.relay;

import io.allium.base.Time;
import io.allium.control.CString;
import io.allium.control.ControlTime;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * From how many addresses clients came to a bridge, in intervals of a day. Only numbers leave it, by country and rounded up,
 * so that nobody can tell a single client. Guarded by {@code lock}.
 *
 * @spec control-spec 4.1.14
 */
public final class ClientsSeen {
    /** After so long, who came is forgotten: WRITE_STATS_INTERVAL of C tor. */
    static final Duration INTERVAL = Duration.ofDays(1);

    /** More than the busiest bridge has in a day; some 10 MB. Who comes after them is not counted. */
    static final int ADDRESSES_MAX = 100_000;

    /** Numbers are told as the next multiple of this: as in C tor. */
    private static final int ROUNDED_TO = 8;

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private Instant began;
    private Set<InetAddress> addresses = new LinkedHashSet<>();

    ClientsSeen(Time time) {
        this.time = time;
        this.began = time.now();
    }

    /** A client came from there. */
    void saw(InetAddress address) {
        lock.lock();
        try {
            if (addresses.size() < ADDRESSES_MAX) {
                addresses.add(address);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Who came in the interval that has begun. */
    Interval current() {
        lock.lock();
        try {
            return new Interval(began, List.copyOf(addresses));
        } finally {
            lock.unlock();
        }
    }

    /** The same, and another interval begins. */
    Interval next() {
        lock.lock();
        try {
            Interval over = new Interval(began, List.copyOf(addresses));
            began = time.now();
            addresses = new LinkedHashSet<>();
            return over;
        } finally {
            lock.unlock();
        }
    }

    /** Who came from when on. Immutable. */
    public record Interval(Instant began, List<InetAddress> addresses) {
        static final Interval NONE = new Interval(Instant.EPOCH, List.of());

        public Interval {
            addresses = List.copyOf(addresses);
        }

        /**
         * As controllers hear it, the countries with most clients first.
         *
         * @param lookup tells countries; without it the numbers are not told either, as C tor does
         */
        String text(Optional<Function<InetAddress, String>> lookup) {
            String from = "TimeStarted=" + CString.quote(ControlTime.seconds(began));
            return from + lookup.map(this::summary).orElse(" CountrySummary= IPVersions=");
        }

        private String summary(Function<InetAddress, String> country) {
            Map<String, Integer> byCountry = new TreeMap<>();
            addresses.forEach(address -> byCountry.merge(country.apply(address), 1, Integer::sum));
            String countries = byCountry.entrySet().stream()
                    .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
                    .map(each -> each.getKey() + "=" + rounded(each.getValue()))
                    .collect(Collectors.joining(","));
            int ipv6 = (int)
                    addresses.stream().filter(Inet6Address.class::isInstance).count();
            return " CountrySummary=" + countries + " IPVersions=v4=" + rounded(addresses.size() - ipv6) + ",v6="
                    + rounded(ipv6);
        }

        private static int rounded(int count) {
            return Math.ceilDiv(count, ROUNDED_TO) * ROUNDED_TO;
        }
    }
}
