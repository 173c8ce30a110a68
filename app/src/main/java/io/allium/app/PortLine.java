package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.control.CString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One line of a port option: where to listen, and the flags behind. Immutable.
 *
 * @param at the address and port, port 0 for any free one; absent for a Unix socket
 * @param unix the path of a Unix socket; absent for TCP
 * @param explicitAddress whether the line named an address, rather than a port alone
 * @param sessionGroup listeners with the same number may share circuits
 */
record PortLine(
        @Nullable Endpoint at,
        @Nullable Path unix,
        boolean explicitAddress,
        Set<Flag> flags,
        OptionalInt sessionGroup) {

    /** Who may use a flag. */
    private enum Use {
        STREAMS,
        UNIX,
        SERVER
    }

    /** What may follow the port, without regard to case; those of {@link Use#STREAMS} may be preceded by {@code No}. */
    enum Flag {
        ISOLATE_CLIENT_ADDR("IsolateClientAddr", Use.STREAMS, true),
        ISOLATE_SOCKS_AUTH("IsolateSOCKSAuth", Use.STREAMS, true),
        ISOLATE_CLIENT_PROTOCOL("IsolateClientProtocol", Use.STREAMS, false),
        ISOLATE_DEST_PORT("IsolateDestPort", Use.STREAMS, false),
        ISOLATE_DEST_ADDR("IsolateDestAddr", Use.STREAMS, false),
        KEEP_ALIVE_ISOLATE_SOCKS_AUTH("KeepAliveIsolateSOCKSAuth", Use.STREAMS, false),
        IPV4_TRAFFIC("IPv4Traffic", Use.STREAMS, true),
        IPV6_TRAFFIC("IPv6Traffic", Use.STREAMS, true),
        PREFER_IPV6("PreferIPv6", Use.STREAMS, false),
        DNS_REQUEST("DNSRequest", Use.STREAMS, true),
        ONION_TRAFFIC("OnionTraffic", Use.STREAMS, true),
        ONION_TRAFFIC_ONLY("OnionTrafficOnly", Use.STREAMS, false),
        CACHE_IPV4_DNS("CacheIPv4DNS", Use.STREAMS, false),
        CACHE_IPV6_DNS("CacheIPv6DNS", Use.STREAMS, false),
        CACHE_DNS("CacheDNS", Use.STREAMS, false),
        USE_IPV4_CACHE("UseIPv4Cache", Use.STREAMS, false),
        USE_IPV6_CACHE("UseIPv6Cache", Use.STREAMS, false),
        USE_DNS_CACHE("UseDNSCache", Use.STREAMS, false),
        PREFER_IPV6_AUTOMAP("PreferIPv6Automap", Use.STREAMS, true),
        PREFER_SOCKS_NO_AUTH("PreferSOCKSNoAuth", Use.STREAMS, false),
        EXTENDED_ERRORS("ExtendedErrors", Use.STREAMS, false),
        GROUP_WRITABLE("GroupWritable", Use.UNIX, false),
        WORLD_WRITABLE("WorldWritable", Use.UNIX, false),
        RELAX_DIR_MODE_CHECK("RelaxDirModeCheck", Use.UNIX, false),
        NO_ADVERTISE("NoAdvertise", Use.SERVER, false),
        NO_LISTEN("NoListen", Use.SERVER, false),
        IPV4_ONLY("IPv4Only", Use.SERVER, false),
        IPV6_ONLY("IPv6Only", Use.SERVER, false);

        /** Those that we read and that change nothing here yet. */
        private static final Set<Flag> WITHOUT_EFFECT = Collections.unmodifiableSet(EnumSet.of(
                KEEP_ALIVE_ISOLATE_SOCKS_AUTH,
                CACHE_IPV4_DNS,
                CACHE_IPV6_DNS,
                CACHE_DNS,
                USE_IPV4_CACHE,
                USE_IPV6_CACHE,
                USE_DNS_CACHE));

        private final String text;
        private final Use use;
        private final boolean byDefault;

        Flag(String text, Use use, boolean byDefault) {
            this.text = text;
            this.use = use;
            this.byDefault = byDefault;
        }

        /** Whether the word is a flag of a Unix socket. */
        static boolean isOfSocket(String word) {
            return Arrays.stream(values()).anyMatch(flag -> flag.use == Use.UNIX && flag.text.equalsIgnoreCase(word));
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** Which flags a port understands, and where it listens when its line says no more than a port. */
    enum Kind {
        /** SOCKS and other ports whose connections become streams. */
        CLIENT("127.0.0.1"),
        CONTROL("127.0.0.1"),
        /** Its line may end with the format in which figures are shown: {@code prometheus}, the only one. */
        METRICS("127.0.0.1"),
        /** ORPort and DirPort. */
        SERVER("0.0.0.0");

        private final String address;

        Kind(String address) {
            this.address = address;
        }

        private boolean takes(Use use) {
            return switch (this) {
                case CLIENT -> use != Use.SERVER;
                case CONTROL, METRICS -> use == Use.UNIX;
                case SERVER -> use == Use.SERVER;
            };
        }
    }

    PortLine {
        flags = Set.copyOf(flags);
    }

    /** Whether only programs of this machine reach it. */
    boolean isLocal() {
        return at == null || at.address().isLoopbackAddress();
    }

    /** Where it wants to listen, whatever its flags. */
    String place() {
        return unix == null ? String.valueOf(at) : "unix:" + unix;
    }

    boolean has(Flag flag) {
        return flags.contains(flag);
    }

    /** The same for the user's group too, where it is a Unix socket. */
    PortLine forGroup() {
        Set<Flag> more = EnumSet.of(Flag.GROUP_WRITABLE);
        more.addAll(flags);
        return unix == null ? this : new PortLine(at, unix, explicitAddress, more, sessionGroup);
    }

    /** The flags of this line that have no effect yet. */
    List<Flag> flagsWithoutEffect() {
        return Flag.WITHOUT_EFFECT.stream().filter(flags::contains).toList();
    }

    /** The ports that an option's lines ask for, none where one of them says {@code 0}. */
    static List<PortLine> read(Options options, String option, Kind kind) throws LocalFailure {
        List<PortLine> ports = new ArrayList<>();
        boolean off = false;
        for (Options.Setting setting : options.settings(OptionTable.find(option).orElseThrow())) {
            try {
                Optional<PortLine> port = parse(setting.value(), kind);
                port.ifPresent(ports::add);
                off |= port.isEmpty();
            } catch (LocalFailure bad) {
                throw bad.in(setting.origin() + setting.option().name());
            }
        }
        if (off && !ports.isEmpty()) {
            throw new LocalFailure(option + ": one line says 0, which closes the port, and another opens it");
        }
        return List.copyOf(ports);
    }

    /** Reads one line; nothing for {@code 0}. */
    static Optional<PortLine> parse(String line, Kind kind) throws LocalFailure {
        String text = line.strip();
        String where = text;
        String rest = "";
        if (text.startsWith("unix:\"")) {
            int end = CString.end(text, 5);
            if (end < 0) {
                throw new LocalFailure("'" + text + "' has no closing quote");
            }
            where = "unix:" + CString.unescape(text.substring(5, end));
            rest = text.substring(end).strip();
        } else {
            int space = text.replace('\t', ' ').indexOf(' ');
            if (space >= 0) {
                where = text.substring(0, space);
                rest = text.substring(space).strip();
            }
        }
        if (where.isEmpty()) {
            throw new LocalFailure("names no port");
        }
        if (where.equals("0")) {
            return Optional.empty();
        }
        List<String> words = rest.isEmpty() ? List.of() : Arrays.asList(rest.split("\\s+"));
        if (kind == Kind.METRICS && !words.isEmpty()) {
            words = withoutFormat(words);
        }
        return Optional.of(where.startsWith("unix:") ? unix(where.substring(5), words, kind) : tcp(where, words, kind));
    }

    /** A word that is no flag is a format. */
    private static List<String> withoutFormat(List<String> words) throws LocalFailure {
        String last = words.getLast();
        if (Arrays.stream(Flag.values()).anyMatch(flag -> names(last, flag))) {
            return words;
        }
        if (!last.equalsIgnoreCase("prometheus")) {
            throw new LocalFailure("unknown format: " + last);
        }
        return words.subList(0, words.size() - 1);
    }

    private static PortLine unix(String path, List<String> words, Kind kind) throws LocalFailure {
        if (!kind.takes(Use.UNIX)) {
            throw new LocalFailure("cannot be a Unix socket");
        }
        if (path.isEmpty()) {
            throw new LocalFailure("'unix:' names no path");
        }
        return new PortLine(null, ConfiguredPath.of(path), true, flags(words, kind, true), group(words));
    }

    private static PortLine tcp(String where, List<String> words, Kind kind) throws LocalFailure {
        boolean portOnly = where.equalsIgnoreCase("auto") || where.matches("[0-9]{1,5}");
        String ported = where.toLowerCase(Locale.ROOT).endsWith("auto")
                ? where.substring(0, where.length() - "auto".length()) + "0"
                : where;
        Endpoint at;
        try {
            at = portOnly
                    ? new Endpoint(Endpoint.parseAddress(kind.address), Integer.parseInt(ported))
                    : Endpoint.parse(ported);
        } catch (IllegalArgumentException malformed) {
            throw new LocalFailure(
                    "'" + where + "' is not a port, ADDRESS:PORT, auto, ADDRESS:auto, unix:PATH or 0", malformed);
        }
        if (!portOnly && at.port() == 0 && ported.equals(where)) {
            throw new LocalFailure("'" + where + "' has an address but no port; for any free port write auto");
        }
        return new PortLine(at, null, !portOnly, flags(words, kind, false), group(words));
    }

    private static Set<Flag> flags(List<String> words, Kind kind, boolean unixSocket) throws LocalFailure {
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        if (kind.takes(Use.STREAMS)) {
            Arrays.stream(Flag.values()).filter(flag -> flag.byDefault).forEach(flags::add);
        }
        for (String word : words) {
            if (word.toLowerCase(Locale.ROOT).startsWith("sessiongroup=") && kind.takes(Use.STREAMS)) {
                continue;
            }
            read(word, kind, unixSocket, flags);
        }
        if (flags.remove(Flag.ONION_TRAFFIC_ONLY)) {
            flags.removeAll(EnumSet.of(Flag.IPV4_TRAFFIC, Flag.IPV6_TRAFFIC, Flag.DNS_REQUEST));
        }
        check(flags, kind);
        return flags;
    }

    private static void read(String word, Kind kind, boolean unixSocket, Set<Flag> flags) throws LocalFailure {
        for (Flag flag : Flag.values()) {
            boolean yes = names(word, flag);
            boolean no = flag.use != Use.SERVER
                    && word.length() > 2
                    && word.substring(0, 2).equalsIgnoreCase("No")
                    && names(word.substring(2), flag);
            if (!yes && !no) {
                continue;
            }
            if (!kind.takes(flag.use)) {
                throw new LocalFailure("the flag " + flag + " does not belong to this kind of port");
            }
            if (flag.use == Use.UNIX && !unixSocket) {
                throw new LocalFailure("the flag " + flag + " is for Unix sockets, and this is none");
            }
            if (yes) {
                flags.add(flag);
            } else {
                flags.remove(flag);
            }
            return;
        }
        throw new LocalFailure("'" + word + "' is not a flag that it knows");
    }

    /** C tor accepts the isolation flags in the plural too. */
    private static boolean names(String word, Flag flag) {
        return word.equalsIgnoreCase(flag.text)
                || flag.text.startsWith("Isolate") && word.equalsIgnoreCase(flag.text + "s");
    }

    private static void check(Set<Flag> flags, Kind kind) throws LocalFailure {
        if (flags.containsAll(EnumSet.of(Flag.NO_ADVERTISE, Flag.NO_LISTEN))) {
            throw new LocalFailure("NoAdvertise and NoListen together leave nothing to do");
        }
        if (flags.containsAll(EnumSet.of(Flag.IPV4_ONLY, Flag.IPV6_ONLY))) {
            throw new LocalFailure("IPv4Only and IPv6Only exclude each other");
        }
        boolean ip = flags.contains(Flag.IPV4_TRAFFIC) || flags.contains(Flag.IPV6_TRAFFIC);
        if (kind == Kind.CLIENT && !ip && !flags.contains(Flag.ONION_TRAFFIC)) {
            throw new LocalFailure("its flags allow neither IPv4 nor IPv6 nor onion services");
        }
        if (kind == Kind.CLIENT && !ip && flags.contains(Flag.DNS_REQUEST)) {
            throw new LocalFailure("its flags allow names but neither IPv4 nor IPv6");
        }
    }

    private static OptionalInt group(List<String> words) throws LocalFailure {
        OptionalInt group = OptionalInt.empty();
        for (String word : words) {
            if (!word.toLowerCase(Locale.ROOT).startsWith("sessiongroup=")) {
                continue;
            }
            String number = word.substring("sessiongroup=".length());
            if (group.isPresent() || !number.matches("[0-9]{1,9}")) {
                throw new LocalFailure("SessionGroup needs one number");
            }
            group = OptionalInt.of(Integer.parseInt(number));
        }
        return group;
    }
}
