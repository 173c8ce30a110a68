package io.allium.netdoc;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Reads what votes and consensuses have in common. Of thousands of relays most have the same version, protocols, flags
 * or policy as many others; each such value is made once and shared. Confined to the reading of one document.
 *
 * @spec dir-spec 3.4.1
 */
final class StatusReader {
    private final Map<Slice, FlagSet> flags = new HashMap<>();
    private final Map<Slice, ProtocolVersions> protocols = new HashMap<>();
    private final Map<Slice, PortPolicy> policies = new HashMap<>();
    private final Map<Slice, Optional<String>> versions = new HashMap<>();

    /** What one {@code r} line and those after it say; {@code flavor} tells whether the line has a digest. */
    RouterStatus router(Section section, ConsensusFlavor flavor) throws Untrusted {
        Item r = section.one("r");
        boolean named = flavor == ConsensusFlavor.NS;
        int publication = named ? 3 : 2;
        if (!Nicknames.isNickname(r.argument(0))) {
            throw r.bad("'" + r.argument(0) + "' is not a nickname");
        }
        return new RouterStatus(
                r.argument(0),
                Fingerprint.of(r.base64(1, Fingerprint.LENGTH)),
                named ? Optional.of(Sha1Digest.of(r.base64(2, Sha1Digest.LENGTH))) : Optional.empty(),
                named ? Optional.empty() : Optional.of(microdescriptor(section)),
                r.time(publication),
                new Endpoint(r.ipv4(publication + 2), r.port(publication + 3)),
                r.port(publication + 4),
                addresses(section),
                flags(section.one("s")),
                version(section),
                protocols(section),
                bandwidth(section),
                policy(section));
    }

    private static Sha256Digest microdescriptor(Section section) throws Untrusted {
        List<Item> items = section.all("m");
        if (items.size() != 1) {
            throw section.one("r").bad("has " + items.size() + " m lines after it, not one");
        }
        return Sha256Digest.of(items.getFirst().base64(0, Sha256Digest.LENGTH));
    }

    private static List<Endpoint> addresses(Section section) throws Untrusted {
        if (!section.has("a")) {
            return List.of();
        }
        List<Endpoint> addresses = new ArrayList<>();
        for (Item item : section.all("a")) {
            addresses.add(item.endpoint(0));
        }
        return addresses;
    }

    private FlagSet flags(Item item) {
        return flags.computeIfAbsent(item.restSlice(), text -> FlagSet.ofNames(item.arguments()));
    }

    private Optional<String> version(Section section) {
        Optional<Item> item = section.maybe("v");
        return item.isEmpty()
                ? Optional.empty()
                : versions.computeIfAbsent(
                        item.get().restSlice(), text -> Optional.of(item.get().rest()));
    }

    /** As C tor does: a list that cannot be read supports nothing. */
    private ProtocolVersions protocols(Section section) {
        Optional<Item> item = section.maybe("pr");
        return item.isEmpty()
                ? ProtocolVersions.none()
                : protocols.computeIfAbsent(
                        item.get().restSlice(),
                        text -> protocolsOrNone(item.get().rest()));
    }

    static ProtocolVersions protocolsOrNone(String text) {
        try {
            return ProtocolVersions.parse(text);
        } catch (Untrusted unreadable) {
            return ProtocolVersions.none();
        }
    }

    private Optional<PortPolicy> policy(Section section) {
        return section.maybe("p")
                .map(item ->
                        policies.computeIfAbsent(item.restSlice(), text -> PortPolicy.parseOrRejectAll(item.rest())));
    }

    private static Optional<RouterBandwidth> bandwidth(Section section) throws Untrusted {
        Optional<Item> item = section.maybe("w");
        if (item.isEmpty()) {
            return Optional.empty();
        }
        long bandwidth = 0;
        OptionalLong measured = OptionalLong.empty();
        boolean unmeasured = false;
        OptionalInt guardFraction = OptionalInt.empty();
        for (String pair : item.get().arguments()) {
            if (pair.startsWith("Bandwidth=")) {
                bandwidth = item.get().number(pair.substring("Bandwidth=".length()), 0, MAX_BANDWIDTH);
            } else if (pair.startsWith("Measured=")) {
                measured = OptionalLong.of(item.get().number(pair.substring("Measured=".length()), 0, MAX_BANDWIDTH));
            } else if (pair.equals("Unmeasured=1")) {
                unmeasured = true;
            } else if (pair.startsWith("GuardFraction=")) {
                guardFraction =
                        OptionalInt.of((int) item.get().number(pair.substring("GuardFraction=".length()), 0, 100));
            }
        }
        return Optional.of(new RouterBandwidth(bandwidth, measured, unmeasured, guardFraction));
    }

    static DocumentTimes times(Section section) throws Untrusted {
        Item delay = section.one("voting-delay");
        DocumentTimes times = new DocumentTimes(
                section.one("valid-after").time(0),
                section.one("fresh-until").time(0),
                section.one("valid-until").time(0),
                Duration.ofSeconds(delay.number(0, 0, Integer.MAX_VALUE)),
                Duration.ofSeconds(delay.number(1, 0, Integer.MAX_VALUE)));
        checkOrder(section, times.validAfter(), times.freshUntil(), times.validUntil());
        return times;
    }

    static void checkOrder(Section section, Instant validAfter, Instant freshUntil, Instant validUntil)
            throws Untrusted {
        if (!validAfter.isBefore(freshUntil)) {
            throw section.one("fresh-until").bad("is not after valid-after");
        }
        if (!freshUntil.isBefore(validUntil)) {
            throw section.one("valid-until").bad("is not after fresh-until");
        }
    }

    /** Versions with commas between them; none of a missing or empty line. */
    static List<String> versions(Section section, String keyword) {
        return section.maybe(keyword)
                .map(Item::rest)
                .filter(text -> !text.isEmpty())
                .map(text -> List.of(text.split(",")))
                .orElse(List.of());
    }

    static List<String> rests(Section section, String keyword) {
        return section.all(keyword).stream().map(Item::rest).toList();
    }

    static ProtocolDemands demands(Section section) throws Untrusted {
        return new ProtocolDemands(
                demand(section, "recommended-client-protocols"),
                demand(section, "recommended-relay-protocols"),
                demand(section, "required-client-protocols"),
                demand(section, "required-relay-protocols"));
    }

    private static ProtocolVersions demand(Section section, String keyword) throws Untrusted {
        Optional<Item> item = section.maybe(keyword);
        try {
            return item.isEmpty()
                    ? ProtocolVersions.none()
                    : ProtocolVersions.parse(item.get().rest());
        } catch (Untrusted malformed) {
            throw malformed.in(keyword);
        }
    }

    /** {@code key=number} pairs in the order of the line; a key that occurs again is refused. */
    static Map<String, Integer> numbers(Section section, String keyword) throws Untrusted {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        Optional<Item> found = section.maybe(keyword);
        if (found.isEmpty()) {
            return numbers;
        }
        Item item = found.get();
        for (String pair : item.arguments()) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw item.bad("'" + pair + "' is not KEY=NUMBER");
            }
            long value = item.number(pair.substring(equals + 1), Integer.MIN_VALUE, Integer.MAX_VALUE);
            if (numbers.put(pair.substring(0, equals), (int) value) != null) {
                throw item.bad("'" + pair.substring(0, equals) + "' occurs again");
            }
        }
        return numbers;
    }

    static Optional<SharedRandomValue> sharedRandom(Section section, String keyword) throws Untrusted {
        Optional<Item> item = section.maybe(keyword);
        if (item.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new SharedRandomValue(
                (int) item.get().number(0, 0, Integer.MAX_VALUE),
                Sha256Digest.of(item.get().base64(1, Sha256Digest.LENGTH))));
    }

    static DirectorySource source(Item item) throws Untrusted {
        return new DirectorySource(
                item.argument(0),
                Fingerprint.of(item.hex(1, Fingerprint.LENGTH)),
                item.argument(2),
                item.ipv4(3),
                item.port(4),
                item.port(5));
    }

    /** A signature line, whose algorithm may be left out. */
    static DirectorySignature signature(Item item) throws Untrusted {
        boolean named = item.count() > 2;
        int first = named ? 1 : 0;
        return new DirectorySignature(
                named ? item.argument(0) : "sha1",
                Fingerprint.of(item.hex(first, Fingerprint.LENGTH)),
                Fingerprint.of(item.hex(first + 1, Fingerprint.LENGTH)),
                Slice.of(item.object()));
    }

    /** Each value as its key says, in strictly ascending order of the keys. */
    static <T> void checkAscending(List<T> list, Function<T, Fingerprint> key, String what) throws Untrusted {
        for (int i = 1; i < list.size(); i++) {
            Fingerprint before = key.apply(list.get(i - 1));
            if (before.compareTo(key.apply(list.get(i))) >= 0) {
                throw new Untrusted(what + " " + key.apply(list.get(i)) + " is not after " + before);
            }
        }
    }

    /** Values are between 0 and 2^32 - 1: dir-spec 3.4.1. */
    private static final long MAX_BANDWIDTH = 0xffff_ffffL;
}
