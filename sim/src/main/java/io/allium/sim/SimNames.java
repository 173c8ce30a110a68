package io.allium.sim;

import io.allium.base.Endpoint;
import io.allium.base.Names;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The name service that all hosts of a simulation share. Confined to the carrier. */
public final class SimNames implements Names {
    /** How long a look-up takes when nothing else is said. */
    public static final Duration DELAY = Duration.ofMillis(5);

    private static final Duration TTL = Duration.ofMinutes(5);

    private final Time time;
    private final Map<String, List<InetAddress>> addresses = new TreeMap<>();
    private final Map<String, List<String>> reverse = new TreeMap<>();
    private final Set<String> broken = new LinkedHashSet<>();
    private Duration delay = DELAY;

    SimNames(Time time) {
        this.time = time;
    }

    /** From now on the name has these addresses, and each address this name among its names. */
    public void put(String name, String... literals) {
        List<InetAddress> found = new ArrayList<>();
        for (String literal : literals) {
            InetAddress address = Endpoint.parseAddress(literal);
            found.add(address);
            reverse.computeIfAbsent(Endpoint.text(address), absent -> new ArrayList<>())
                    .add(name);
        }
        addresses.put(key(name), List.copyOf(found));
    }

    /** From now on no server answers for the name. */
    public void breakName(String name) {
        broken.add(key(name));
    }

    /** How long look-ups take from now on. */
    public void delay(Duration duration) {
        delay = duration;
    }

    @Override
    public Answer<InetAddress> addresses(String name) throws Refused, Unreachable, InterruptedException {
        return answer(name, addresses.get(key(name)));
    }

    @Override
    public Answer<String> names(InetAddress address) throws Refused, Unreachable, InterruptedException {
        String text = Endpoint.text(address);
        return answer(text, reverse.get(text));
    }

    private <T> Answer<T> answer(String name, @Nullable List<T> values)
            throws Refused, Unreachable, InterruptedException {
        time.sleep(delay);
        if (broken.contains(key(name))) {
            throw new Unreachable(name + ": no name server answered");
        }
        if (values == null) {
            throw new Refused(Refused.Kind.RESOLVE_FAILED, name + " does not exist");
        }
        return new Answer<>(values, TTL);
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
