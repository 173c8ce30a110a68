package io.allium.app;

import io.allium.base.Endpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The addresses that MapAddress lines replace by others before anything else is done with a request: single names and
 * addresses, and with {@code *.} domains with all that is under them. Immutable.
 *
 * @spec address-spec 1
 */
final class AddressMap {
    static final AddressMap EMPTY = new AddressMap(Map.of());

    /** After so many replacements the mappings go round in circles, and the address is used as it then is: as in C tor. */
    static final int REWRITES_MAX = 16;

    /** What one line says; the address that it replaces is the key under which it is kept. */
    private record Mapping(boolean fromDomain, String to, boolean toDomain) {}

    private static final String WILDCARD = "*.";

    /** By the address or domain, in lower case and without {@code *.}. */
    private final Map<String, Mapping> mappings;

    private AddressMap(Map<String, Mapping> mappings) {
        this.mappings = mappings;
    }

    /**
     * Reads the values of MapAddress lines; a later one counts rather than an earlier one for the same address.
     *
     * @param anyHostName whether AllowNonRFC953Hostnames is set
     * @param warnings hears which lines are left out, and why, as C tor leaves them out
     */
    static AddressMap parse(List<String> lines, boolean anyHostName, Consumer<String> warnings) {
        Map<String, Mapping> mappings = new LinkedHashMap<>();
        for (String line : lines) {
            String[] words = line.strip().split("\\s+", 2);
            Optional<String> wrong = wrong(words, anyHostName);
            if (wrong.isPresent()) {
                warnings.accept("MapAddress '" + line + "' " + wrong.get() + ". Ignoring.");
                continue;
            }
            boolean fromDomain = words[0].startsWith(WILDCARD);
            boolean toDomain = words[1].startsWith(WILDCARD);
            String from = canonical(fromDomain ? words[0].substring(WILDCARD.length()) : words[0]);
            String to = canonical(toDomain ? words[1].substring(WILDCARD.length()) : words[1]);
            if (from.equals(to) && fromDomain == toDomain) {
                mappings.remove(from);
            } else {
                mappings.put(from, new Mapping(fromDomain, to, toDomain));
            }
        }
        return new AddressMap(mappings);
    }

    private static Optional<String> wrong(String[] words, boolean anyHostName) {
        if (words.length < 2) {
            return Optional.of("has too few arguments");
        }
        String from = words[0];
        String to = words[1];
        if (from.startsWith(".") || to.startsWith(".")) {
            return Optional.of("is ambiguous - address starts with a '.'");
        }
        if (from.equals("*") || to.equals("*")) {
            return Optional.of("failed: can't remap from or to *");
        }
        if (to.startsWith(WILDCARD) && !from.startsWith(WILDCARD)) {
            return Optional.of("failed: can only use wildcard (i.e. '*.') if 'from' address uses wildcard also");
        }
        String bare = to.startsWith(WILDCARD) ? to.substring(WILDCARD.length()) : to;
        if (bare.isEmpty() || !Endpoint.isAddress(bare) && !bare.matches(anyHostName ? "\\S+" : "[-A-Za-z0-9_.]+")) {
            return Optional.of("failed: destination is invalid");
        }
        return Optional.empty();
    }

    /** Whether a line of its own names this very address. */
    boolean holds(String host) {
        return mappings.containsKey(canonical(host));
    }

    /** What stands for this name or address literal; itself where nothing else does. */
    String rewrite(String host) {
        String address = host;
        for (int rewrites = 0; rewrites < REWRITES_MAX; rewrites++) {
            Optional<String> next = replacement(canonical(address));
            if (next.isEmpty()) {
                return address;
            }
            address = next.get();
        }
        return address;
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

    private static String canonical(String address) {
        return Endpoint.isAddress(address)
                ? Endpoint.text(Endpoint.parseAddress(address))
                : address.toLowerCase(Locale.ROOT);
    }
}
