package io.allium.client;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.crypto.Base32;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The addresses that others replace before anything else is done with a request, by the configuration's MapAddress lines or a
 * controller's word: single names and addresses, and with {@code *.} domains with all that is under them. A controller may also
 * have an address made up for a name. Of what is said of one address, the latest counts. Guarded by {@code lock}.
 *
 * @spec address-spec 1; control-spec 3.8
 */
public final class AddressMap {
    /** After so many replacements the mappings go round in circles, and the address is used as it then is: as in C tor. */
    static final int REWRITES_MAX = 16;

    /** Mappings kept; C tor has no bound, and its users' lists of domains are some thousands long. */
    static final int MAPPINGS_MAX = 1_000_000;

    /** How often an address is made up that is taken already: as in C tor. */
    private static final int VIRTUAL_ATTEMPTS = 1000;

    private static final int VIRTUAL_NAME_BYTES = 10;
    private static final String VIRTUAL_DOMAIN = ".virtual";
    private static final String WILDCARD = "*.";

    /** Who said so. */
    enum Source {
        CONFIGURATION,
        CONTROLLER
    }

    /** Hears of each replacement that is new. Called under the lock: must return at once. */
    public interface Listener {
        void mapped(String from, String to);
    }

    /** What replaces an address; that is the key under which it is kept. */
    private record Mapping(boolean fromDomain, String to, boolean toDomain, Source source) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Entropy entropy;
    private final Listener listener;
    /** By the address or domain, in lower case and without {@code *.}. */
    private final Map<String, Mapping> mappings = new LinkedHashMap<>();

    /** What was made up, by what it stands for. */
    private final Map<String, String> made = new LinkedHashMap<>();

    private List<VirtualNetwork> networks = List.of(VirtualNetwork.IPV4, VirtualNetwork.IPV6);
    private boolean anyHostName;

    public AddressMap(Entropy entropy, Listener listener) {
        this.entropy = entropy;
        this.listener = listener;
    }

    /**
     * Takes the configuration's lines in place of those before; lines that mean nothing are left out.
     *
     * @param any whether AllowNonRFC953Hostnames is set
     */
    public void configure(List<String> lines, boolean any, VirtualNetwork ipv4, VirtualNetwork ipv6) {
        lock.lock();
        try {
            anyHostName = any;
            networks = List.of(ipv4, ipv6);
            mappings.values().removeIf(each -> each.source == Source.CONFIGURATION);
            for (String[] words : sensible(lines, any, warning -> {})) {
                put(words[0], words[1], Source.CONFIGURATION);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Tells which lines are left out, and why, as C tor leaves them out. */
    public static void check(List<String> lines, boolean anyHostName, Consumer<String> warnings) {
        sensible(lines, anyHostName, warnings);
    }

    private static List<String[]> sensible(List<String> lines, boolean anyHostName, Consumer<String> warnings) {
        List<String[]> sensible = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.strip().split("\\s+", 2);
            Optional<String> wrong = wrong(words, anyHostName);
            if (wrong.isPresent()) {
                warnings.accept("MapAddress '" + line + "' " + wrong.get() + ". Ignoring.");
            } else {
                sensible.add(words);
            }
        }
        return sensible;
    }

    private static Optional<String> wrong(String[] words, boolean anyHostName) {
        if (words.length < 2) {
            return Optional.of("has too few arguments");
        }
        if (words[0].startsWith(".") || words[1].startsWith(".")) {
            return Optional.of("is ambiguous - address starts with a '.'");
        }
        Optional<String> wrong = wrong(words[0], words[1]);
        if (wrong.isPresent()) {
            return wrong.map(why -> "failed: " + why);
        }
        boolean named = !words[1].equals(WILDCARD) && isTarget(words[1], anyHostName);
        return named ? Optional.empty() : Optional.of("failed: destination is invalid");
    }

    /** Why this cannot be replaced by that, whoever says so. */
    private static Optional<String> wrong(String from, String to) {
        if (from.equals("*") || to.equals("*")) {
            return Optional.of("can't remap from or to *");
        }
        return to.startsWith(WILDCARD) && !from.startsWith(WILDCARD)
                ? Optional.of("can only use wildcard (i.e. '*.') if 'from' address uses wildcard also")
                : Optional.empty();
    }

    private static boolean isTarget(String to, boolean anyHostName) {
        String bare = to.startsWith(WILDCARD) ? to.substring(WILDCARD.length()) : to;
        return Endpoint.isAddress(bare) || bare.matches(anyHostName ? "\\S*" : "[-A-Za-z0-9_.]*");
    }

    /** Whether something can be replaced by this at all. */
    boolean isTarget(String to) {
        lock.lock();
        try {
            return isTarget(to, anyHostName);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A controller has an address replaced; by itself, which ends what was said of it before.
     *
     * @return why that cannot be
     */
    Optional<String> map(String from, String to) {
        Optional<String> wrong = wrong(from, to);
        if (wrong.isPresent()) {
            return wrong;
        }
        lock.lock();
        try {
            return put(from, to, Source.CONTROLLER) ? Optional.empty() : Optional.of("there are too many mappings");
        } finally {
            lock.unlock();
        }
    }

    private boolean put(String from, String to, Source source) {
        boolean fromDomain = from.startsWith(WILDCARD);
        boolean toDomain = to.startsWith(WILDCARD);
        String key = canonical(fromDomain ? from.substring(WILDCARD.length()) : from);
        String target = canonical(toDomain ? to.substring(WILDCARD.length()) : to);
        if (key.equals(target) && fromDomain == toDomain) {
            mappings.remove(key);
            return true;
        }
        if (mappings.size() >= MAPPINGS_MAX && !mappings.containsKey(key)) {
            return false;
        }
        mappings.put(key, new Mapping(fromDomain, target, toDomain, source));
        listener.mapped(bracketed(key), bracketed(target));
        return true;
    }

    /** What can be made up to stand for a name. */
    enum Made {
        NAME,
        IPV4,
        IPV6
    }

    /**
     * Makes up a name or an address that nobody has, which from now on stands for this; the same each time.
     *
     * @return nothing where all are taken
     */
    Optional<String> makeUp(Made kind, String to) {
        lock.lock();
        try {
            String target = canonical(to);
            String before = made.get(kind + " " + target);
            if (before != null && isMapped(before, target)) {
                return Optional.of(bracketed(before));
            }
            for (int attempt = 0; attempt < VIRTUAL_ATTEMPTS; attempt++) {
                Optional<String> free = drawn(kind).filter(drawn -> !mappings.containsKey(drawn));
                if (free.isPresent() && put(free.get(), to, Source.CONTROLLER)) {
                    made.put(kind + " " + target, free.get());
                    return free.map(AddressMap::bracketed);
                }
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private boolean isMapped(String address, String target) {
        Mapping mapping = mappings.get(address);
        return mapping != null && mapping.to.equals(target);
    }

    private Optional<String> drawn(Made kind) {
        return switch (kind) {
            case NAME -> Optional.of(Base32.encode(entropy.bytes(VIRTUAL_NAME_BYTES)) + VIRTUAL_DOMAIN);
            case IPV4 -> networks.getFirst().draw(entropy).map(Endpoint::text);
            case IPV6 -> networks.getLast().draw(entropy).map(Endpoint::text);
        };
    }

    /** Whether this is an address that is made up, or was. Exits must not hear of such. */
    public boolean isVirtual(String host) {
        if (host.toLowerCase(Locale.ROOT).endsWith(VIRTUAL_DOMAIN)) {
            return true;
        }
        if (!Endpoint.isAddress(host)) {
            return false;
        }
        InetAddress address = Endpoint.parseAddress(host);
        lock.lock();
        try {
            return networks.stream().anyMatch(network -> network.contains(address));
        } finally {
            lock.unlock();
        }
    }

    /** Whether something was said of this very address. */
    public boolean holds(String host) {
        lock.lock();
        try {
            return mappings.containsKey(canonical(host));
        } finally {
            lock.unlock();
        }
    }

    /** What stands for this name or address literal; itself where nothing else does. */
    public String rewrite(String host) {
        lock.lock();
        try {
            String address = host;
            for (int rewrites = 0; rewrites < REWRITES_MAX; rewrites++) {
                Optional<String> next = replacement(canonical(address));
                if (next.isEmpty()) {
                    return address;
                }
                address = next.get();
            }
            return address;
        } finally {
            lock.unlock();
        }
    }

    private Optional<String> replacement(String address) {
        Mapping exact = mappings.get(address);
        if (exact != null) {
            // *.example.com to example.com has nothing more to do for example.com itself
            boolean there = exact.fromDomain && !exact.toDomain && address.equals(exact.to);
            return there ? Optional.empty() : Optional.of(exact.to);
        }
        for (int dot = address.indexOf('.'); dot >= 0; dot = address.indexOf('.', dot + 1)) {
            Mapping domain = mappings.get(address.substring(dot + 1));
            if (domain != null && domain.fromDomain) {
                return Optional.of(domain.toDomain ? address.substring(0, dot + 1) + domain.to : domain.to);
            }
        }
        return Optional.empty();
    }

    /** What these said, each in a line of {@code GETINFO address-mappings/all}. */
    List<String> lines(Set<Source> sources) {
        lock.lock();
        try {
            return mappings.entrySet().stream()
                    .filter(each -> sources.contains(each.getValue().source))
                    .map(each -> line(each.getKey(), each.getValue()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private static String line(String from, Mapping mapping) {
        return (mapping.fromDomain ? WILDCARD : "") + bracketed(from) + " " + (mapping.toDomain ? WILDCARD : "")
                + bracketed(mapping.to) + " NEVER";
    }

    private static String bracketed(String address) {
        return address.indexOf(':') >= 0 ? "[" + address + "]" : address;
    }

    private static String canonical(String address) {
        return Endpoint.isAddress(address)
                ? Endpoint.text(Endpoint.parseAddress(address))
                : address.toLowerCase(Locale.ROOT);
    }
}
