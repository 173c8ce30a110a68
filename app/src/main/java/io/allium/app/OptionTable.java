package io.allium.app;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Every option by name, with the other names that C tor accepts for them. Immutable. */
final class OptionTable {
    /** All options, by name without regard to case. */
    private static final Map<String, Option> BY_NAME = byName();

    /** The former and the short names of options that still exist, in lower case. */
    private static final Map<String, String> OTHER_NAMES = Map.ofEntries(
            Map.entry("l", "Log"),
            Map.entry("automaphostsuffixes", "AutomapHostsSuffixes"),
            Map.entry("automaphostonresolve", "AutomapHostsOnResolve"),
            Map.entry("bandwidthratebytes", "BandwidthRate"),
            Map.entry("bandwidthburstbytes", "BandwidthBurst"),
            Map.entry("dirserver", "DirAuthority"),
            Map.entry("maxconn", "ConnLimit"),
            Map.entry("maxmemincellqueues", "MaxMemInQueues"),
            Map.entry("usehelpernodes", "UseEntryGuards"),
            Map.entry("numhelpernodes", "NumEntryGuards"),
            Map.entry("useentrynodes", "UseEntryGuards"),
            Map.entry("numentrynodes", "NumEntryGuards"),
            Map.entry("resolvconf", "ServerDNSResolvConfFile"),
            Map.entry("searchdomains", "ServerDNSSearchDomains"),
            Map.entry("serverdnsallowbrokenresolvconf", "ServerDNSAllowBrokenConfig"),
            Map.entry("bridgeauthoritativedirectory", "BridgeAuthoritativeDir"),
            Map.entry("virtualaddrnetwork", "VirtualAddrNetworkIPv4"),
            Map.entry("sockssocketsgroupwritable", "UnixSocksGroupWritable"),
            Map.entry("_hslayer2nodes", "HSLayer2Nodes"),
            Map.entry("_hslayer3nodes", "HSLayer3Nodes"),
            Map.entry("authdirbadexitcc", "AuthDirBadExitCCs"),
            Map.entry("authdirinvalidcc", "AuthDirInvalidCCs"),
            Map.entry("authdirmiddleonlycc", "AuthDirMiddleOnlyCCs"),
            Map.entry("authdirrejectcc", "AuthDirRejectCCs"),
            Map.entry("entrynode", "EntryNodes"),
            Map.entry("excludenode", "ExcludeNodes"),
            Map.entry("firewallport", "FirewallPorts"),
            Map.entry("longlivedport", "LongLivedPorts"),
            Map.entry("numcpu", "NumCPUs"),
            Map.entry("strictnode", "StrictNodes"));

    /** What download schedules were called before they became initial delays; C tor accepts these names too. */
    private static final String SCHEDULE = "downloadschedule";

    /** Names that older torrc files may contain and that mean nothing any more: skipped with a warning. */
    private static final Set<String> OBSOLETE = Set.of(
            "allowdotexit",
            "allowinvalidnodes",
            "allowsinglehopcircuits",
            "allowsinglehopexits",
            "allowunverifiednodes",
            "alternatehsauthority",
            "authdirbaddir",
            "authdirbaddircc",
            "authdirbaddirccs",
            "authdirrejectunlisted",
            "authdirlistbaddirs",
            "authdirmaxserversperauthaddr",
            "circuitidletimeout",
            "clientautoipv6orport",
            "controllistenaddress",
            "dirlistenaddress",
            "dirbindaddress",
            "disableiocp",
            "disablev2directoryinfo_",
            "dynamicdhgroups",
            "dnslistenaddress",
            "testingenabletbemptyevent",
            "testingestimateddescriptorpropagationtime",
            "excludesinglehoprelays",
            "fallbacknetworkstatusfile",
            "fastfirsthoppk",
            "fetchv2networkstatus",
            "group",
            "hidservdirectoryv2",
            "hiddenserviceauthorizeclient",
            "hidservauth",
            "closehsclientcircuitsimmediatelyontimeout",
            "closehsservicerendcircuitsimmediatelyontimeout",
            "androididentitytag",
            "maxonionspending",
            "namingauthoritativedirectory",
            "natdlistenaddress",
            "predictedportsrelevancetime",
            "warnunsafesocks",
            "orlistenaddress",
            "orbindaddress",
            "pathbiasdisablerate",
            "pathbiasscalefactor",
            "pathbiasmultfactor",
            "pathbiasuseclosecounts",
            "optimisticdata",
            "portforwarding",
            "portforwardinghelper",
            "prefertunneleddirconns",
            "prefertunnelleddirconns",
            "recommendedpackages",
            "recommendedpackage",
            "runtesting",
            "schedulerlowwatermark__",
            "schedulerhighwatermark__",
            "schedulermaxflushcells__",
            "sockslistenaddress",
            "socksbindaddress",
            "strictentrynodes",
            "strictentrynode",
            "strictexitnodes",
            "strictexitnode",
            "support022hiddenservices",
            "tor2webmode",
            "tor2webrendezvouspoints",
            "tlsecgroup",
            "translistenaddress",
            "tunneldirconns",
            "useentryguardsasdirguards",
            "usentorhandshake",
            "userspaceiocpbuffers",
            "v1authoritativedirectory",
            "v2authoritativedirectory",
            "voteonhidservdirectoriesv2",
            "usefilteringsslbufferevents",
            "__usefilteringsslbufferevents",
            "testingconsensusmaxdownloadtries",
            "clientbootstrapconsensusmaxdownloadtries",
            "clientbootstrapconsensusauthorityonlymaxdownloadtries",
            "testingdescriptormaxdownloadtries",
            "testingmicrodescmaxdownloadtries",
            "testingcertmaxdownloadtries");

    /** Options that C tor still accepts and advises against, with the reason. */
    private static final Map<String, String> DEPRECATED = new TreeMap<>(Map.of(
            "HTTPProxy", "directory requests have long gone through TLS, where it does not apply",
            "HTTPProxyAuthenticator", "it belongs to HTTPProxy, which no longer applies to anything",
            "ReachableDirAddresses", "clients have not connected to directory ports since 0.2.8",
            "ClientPreferIPv6DirPort", "clients have not connected to directory ports since 0.2.8"));

    /** All slots by the names that dumps sort them by. */
    private static final Map<String, Slot> SLOTS = bySlot();

    /**
     * Where the settings of an option are kept, or of several whose order matters.
     *
     * @param name the option's, or {@code SocksPortLines} and the like for several
     */
    record Slot(String name, List<Option> options) {
        Slot {
            options = List.copyOf(options);
        }

        /** Whether it bears a name of its own, which C tor calls a virtual option. */
        boolean isShared() {
            return !name.equals(options.getFirst().name());
        }
    }

    private OptionTable() {}

    /** All options in the order of their names. */
    static List<Option> all() {
        return BY_NAME.values().stream()
                .sorted(Comparator.comparing(Option::name, String.CASE_INSENSITIVE_ORDER))
                .toList();
    }

    /** Those that C tor has too, in the order of their names. */
    static List<Option> ofCTor() {
        return all().stream()
                .filter(option -> !OwnOptionList.LIST.contains(option))
                .toList();
    }

    /** Whether only relays and authorities read it. */
    static boolean isOfRelay(Option option) {
        return RelayOptionList.LIST.contains(option)
                || AuthorityOptionList.LIST.contains(option)
                || TestingOptionList.LIST.contains(option);
    }

    /** The option of this name, which may be a former one, or the beginning of one, or differ in case. */
    static Optional<Option> find(String name) {
        Optional<Option> named = named(name);
        boolean isWhole = named.isPresent()
                || name.isEmpty()
                || isObsolete(name)
                || slot(name).isPresent();
        return isWhole ? named : beginning(name);
    }

    private static Optional<Option> named(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        String current = OTHER_NAMES.getOrDefault(key, key).toLowerCase(Locale.ROOT);
        if (current.endsWith(SCHEDULE)) {
            current = current.substring(0, current.length() - "schedule".length()) + "initialdelay";
        }
        return Optional.ofNullable(BY_NAME.get(current));
    }

    private static Optional<Option> beginning(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        return ofCTor().stream().filter(option -> option.key().startsWith(key)).findFirst();
    }

    /** Whether somebody wrote only the beginning of the option's name. */
    static boolean isAbbreviation(String written, Option meant) {
        return named(written).isEmpty() && !meant.key().equals(written.toLowerCase(Locale.ROOT));
    }

    /** All slots in the order of their names. */
    static List<Slot> slots() {
        return List.copyOf(SLOTS.values());
    }

    /** The slot of this name, if several options share it. */
    static Optional<Slot> slot(String name) {
        return Optional.ofNullable(SLOTS.get(name)).filter(Slot::isShared);
    }

    static boolean isObsolete(String name) {
        return OBSOLETE.contains(name.toLowerCase(Locale.ROOT));
    }

    /** In C tor's order, with one that is obsolete by now. */
    static List<String> deprecated() {
        return List.of(
                "HTTPProxy",
                "HTTPProxyAuthenticator",
                "ReachableDirAddresses",
                "ClientPreferIPv6DirPort",
                "ClientAutoIPv6ORPort");
    }

    /** Why nobody should set it any more. */
    static Optional<String> deprecation(Option option) {
        return Optional.ofNullable(DEPRECATED.get(option.name()));
    }

    /** The option that somebody who typed {@code name} most likely meant, if one is close. */
    static Optional<Option> nearest(String name) {
        String typed = name.toLowerCase(Locale.ROOT);
        int tolerated = Math.max(1, Math.min(3, typed.length() / 3));
        return all().stream()
                .filter(option -> !option.isVolatile())
                .map(option -> Map.entry(distance(typed, option.key()), option))
                .filter(candidate -> candidate.getKey() <= tolerated)
                .min(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue);
    }

    /** How many letters must be inserted, removed, replaced or swapped with a neighbour to make one of the other. */
    private static int distance(String one, String other) {
        int[][] cost = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replace = cost[i - 1][j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(replace, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                if (i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[one.length()][other.length()];
    }

    private static Map<String, Option> byName() {
        Map<String, Option> table = new HashMap<>();
        List<Option> lists = new ArrayList<>();
        Stream.of(
                        GeneralOptionList.LIST,
                        ClientOptionList.LIST,
                        RelayOptionList.LIST,
                        AuthorityOptionList.LIST,
                        TestingOptionList.LIST,
                        OwnOptionList.LIST)
                .forEach(lists::addAll);
        lists.forEach(option -> table.put(option.key(), option));
        return Map.copyOf(table);
    }

    private static Map<String, Slot> bySlot() {
        Map<String, List<Option>> options = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all().forEach(option ->
                options.computeIfAbsent(option.slot(), any -> new ArrayList<>()).add(option));
        Map<String, Slot> slots = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        options.forEach((name, of) -> slots.put(name, new Slot(name, of)));
        return slots;
    }
}
