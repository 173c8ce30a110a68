package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.base.Untrusted;
import io.allium.client.AddressMap;
import io.allium.client.VirtualNetwork;
import io.allium.crypto.Passwords;
import io.allium.netdoc.ExitPolicyConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What options must be beyond their types, one by one and together. A pure check. */
final class OptionRules {
    /** C tor's floors for voting in a private network. */
    private static final Duration TESTING_VOTING_MIN = Duration.ofSeconds(10);

    private static final Duration TESTING_INITIAL_VOTING_MIN = Duration.ofSeconds(5);
    private static final Duration TESTING_DELAY_MIN = Duration.ofSeconds(2);
    /** And in a public one: MIN_VOTE_INTERVAL, MIN_VOTE_SECONDS, MIN_DIST_SECONDS. */
    private static final Duration VOTING_MIN = Duration.ofMinutes(5);

    private static final Duration DELAY_MIN = Duration.ofSeconds(20);

    /** Sleeping sooner, a client would often be asleep when somebody wants it; C tor's bound. */
    private static final Duration DORMANT_TIMEOUT_MIN = Duration.ofMinutes(10);

    /** RELAY_REQUIRED_MIN_BANDWIDTH of C tor, in bytes a second. */
    private static final int RELAY_BANDWIDTH_MIN = 75 * 1024;

    /** With 0 these ask for something else rather than for nothing. */
    private static final Set<String> NOT_MERELY_ON =
            Set.of("FetchServerDescriptors", "UseMicrodescriptors", "ServerDNSAllowBrokenConfig", "ClientUseIPv4");

    private final Options options;
    private final String user;

    private OptionRules(Options options, String user) {
        this.options = options;
        this.user = user;
    }

    /**
     * Throws the first thing that is wrong; {@code warnings} hears what is accepted and has no effect.
     *
     * @param user who runs the process
     */
    static void check(Options options, String user, Consumer<String> warnings) throws LocalFailure {
        OptionRules rules = new OptionRules(options, user);
        rules.checkSupported(warnings);
        rules.checkTexts();
        rules.checkPorts(warnings);
        rules.checkRelayLists();
        rules.checkExitPolicy();
        ClientConfiguration.of(options); // throws where a list of relays or an authority makes no sense
        AddressMap.check(options.lines("MapAddress"), options.flag("AllowNonRFC953Hostnames"), warnings);
        VirtualNetwork.parseIpv4(options.text("VirtualAddrNetworkIPv4").orElse(""));
        VirtualNetwork.parseIpv6(options.text("VirtualAddrNetworkIPv6").orElse(""));
        rules.checkNetwork();
        rules.checkKeepalive();
        rules.checkDormancy();
        AuthorityRules.check(options);
        BridgeRules.check(options, warnings);
        OnionServiceConfiguration.of(options); // throws where a service makes no sense
        rules.checkBandwidth();
        rules.checkVoting();
        RecommendedVersions.check(options, warnings);
    }

    /** What may change while the process runs: throws where a fixed option would. */
    static void checkChange(Options before, Options after) throws LocalFailure {
        checkChange(before, after, option -> true);
    }

    /** The same of those that we refuse anyway: that they cannot change now is the better reason. */
    static void checkChangeOfRefused(Options before, Options after) throws LocalFailure {
        checkChange(before, after, option -> option.effect() == Option.Effect.REFUSED);
    }

    private static void checkChange(Options before, Options after, Predicate<Option> of) throws LocalFailure {
        for (Option option : before.changed(after)) {
            if (option.change() == Option.Change.FIXED && of.test(option)) {
                throw new LocalFailure("While Tor is running, changing " + option.name() + " is not allowed");
            }
        }
    }

    private void checkSupported(Consumer<String> warnings) throws LocalFailure {
        for (Option option : OptionTable.all()) {
            if (!options.isSet(option) || isSwitchedOff(option)) {
                continue;
            }
            String where = options.settings(option).isEmpty()
                    ? ""
                    : options.settings(option).getLast().origin();
            switch (option.effect()) {
                case WORKS -> {}
                case NOT_YET -> warnings.accept(where + option.name() + " is not supported yet and has no effect.");
                case MEANINGLESS ->
                    warnings.accept(where + option.name() + " means nothing to a JVM and has no effect.");
                case REFUSED -> refuse(option, where);
            }
        }
    }

    /** What is not supported and is switched off is not missed; some switches are questions of this or that instead. */
    private boolean isSwitchedOff(Option option) {
        boolean isSwitch = option.type() == OptionType.BOOLEAN || option.type() == OptionType.BOOLEAN_AUTO;
        return isSwitch
                && option.effect() != Option.Effect.WORKS
                && !NOT_MERELY_ON.contains(option.name())
                && options.values(option).equals(List.of("0"));
    }

    private void refuse(Option option, String where) throws LocalFailure {
        if (option.name().equals("User") && options.text("User").equals(Optional.of(user))) {
            return; // already who we should become
        }
        throw new LocalFailure(where + option.name() + " is not supported yet, and starting without it would not do"
                + " what you asked for: " + option.doc() + " Remove it to start.");
    }

    private void checkTexts() throws LocalFailure {
        String nickname = options.text("Nickname").orElse("Unnamed");
        if (!nickname.matches("[A-Za-z0-9]{1,19}")) {
            throw new LocalFailure(
                    "Nickname '" + nickname + "', nicknames must be between 1 and 19 characters inclusive, and must"
                            + " contain only the characters [a-zA-Z0-9].");
        }
        String safe = options.text("SafeLogging").orElse("1");
        if (!List.of("0", "1", "relay").contains(safe.toLowerCase(Locale.ROOT))) {
            throw new LocalFailure("SafeLogging '" + safe + "' is not 0, 1 or relay");
        }
        Optional<String> owner = options.text("__OwningControllerProcess");
        if (owner.isPresent() && OwningProcess.id(owner.get()).isEmpty()) {
            throw new LocalFailure("Bad OwningControllerProcess: invalid PID");
        }
        for (String option : List.of("HashedControlPassword", "__HashedControlSessionPassword")) {
            for (String hashed : options.lines(option)) {
                if (!Passwords.isHashed(hashed)) {
                    throw new LocalFailure("Bad " + option + ": not what --hash-password prints");
                }
            }
        }
        for (Options.Setting log : options.settings(OptionTable.find("Log").orElseThrow())) {
            try {
                LogLine.parse(log.value());
            } catch (LocalFailure bad) {
                throw bad.in(log.origin() + "Log");
            }
        }
    }

    /** Without a GeoIP file no relay is in any country, and a list that excludes some would exclude nobody. */
    private void checkRelayLists() throws LocalFailure {
        for (Option option : OptionTable.all()) {
            boolean lists =
                    option.type() == OptionType.ROUTER_LIST || option.name().equals("NodeFamily");
            for (Options.Setting setting : lists ? options.settings(option) : List.<Options.Setting>of()) {
                if (setting.value().contains("{")) {
                    throw new LocalFailure(setting.origin() + option.name()
                            + ": countries are not supported yet: name relays by fingerprint, nickname or address");
                }
            }
        }
    }

    /** Whoever is no exit may keep lines that make no sense, as with C tor. */
    private void checkExitPolicy() throws LocalFailure {
        if (options.flagOrAuto("ExitRelay").orElse(true)) {
            try {
                new ExitPolicyConfiguration(
                                options.lines("ExitPolicy"),
                                options.flag("IPv6Exit"),
                                options.flag("ExitPolicyRejectPrivate"),
                                List.of(),
                                ExitPolicyConfiguration.Ending.DEFAULT)
                        .policy();
            } catch (Untrusted malformed) {
                throw new LocalFailure("Error in ExitPolicy entry: " + malformed.getMessage(), malformed);
            }
        }
    }

    private void checkPorts(Consumer<String> warnings) throws LocalFailure {
        checkFlags("SocksPort", PortLine.Kind.CLIENT, warnings);
        checkFlags("ControlPort", PortLine.Kind.CONTROL, warnings);
        ControlConfiguration.lines(options); // throws where a ControlSocket makes no sense
        PortLine.read(options, "ORPort", PortLine.Kind.SERVER);
        PortLine.read(options, "DirPort", PortLine.Kind.SERVER);
        EntrancePolicy.parse(options, "SocksPolicy");
        checkMetricsPort(warnings);
        for (String list : List.of("WarnPlaintextPorts", "RejectPlaintextPorts", "LongLivedPorts")) {
            for (String port : options.list(list)) {
                if (!port.matches("0*[1-9][0-9]{0,4}") || Integer.parseInt(port) > 0xffff) {
                    throw new LocalFailure("Port '" + port + "' out of range in " + list);
                }
            }
        }
    }

    private void checkMetricsPort(Consumer<String> warnings) throws LocalFailure {
        boolean isOpen = PortLine.read(options, "MetricsPort", PortLine.Kind.METRICS).stream()
                .anyMatch(line -> line.unix() == null);
        if (EntrancePolicy.parse(options, "MetricsPortPolicy").rules().isEmpty() && isOpen) {
            warnings.accept("MetricsPort is set, and nobody may ask it: MetricsPortPolicy says who may.");
        }
    }

    private void checkFlags(String option, PortLine.Kind kind, Consumer<String> warnings) throws LocalFailure {
        for (PortLine port : PortLine.read(options, option, kind)) {
            for (PortLine.Flag flag : port.flagsWithoutEffect()) {
                warnings.accept(option + ": the flag " + flag + " is not supported yet and has no effect.");
            }
        }
    }

    private void checkKeepalive() throws LocalFailure {
        if (options.interval("KeepalivePeriod").isZero()) {
            throw new LocalFailure("KeepalivePeriod option must be positive.");
        }
    }

    private void checkDormancy() throws LocalFailure {
        if (options.interval("DormantClientTimeout").compareTo(DORMANT_TIMEOUT_MIN) < 0) {
            throw new LocalFailure("DormantClientTimeout is too low. It must be at least 10 minutes.");
        }
    }

    private void checkNetwork() throws LocalFailure {
        if (options.flag("TestingTorNetwork") && options.lines("DirAuthority").isEmpty()) {
            throw new LocalFailure("TestingTorNetwork may only be configured in combination with a non-default set of"
                    + " DirAuthority.");
        }
        for (String event : List.of("TestingEnableConnBwEvent", "TestingEnableCellStatsEvent")) {
            if (options.flag(event) && !options.flag("TestingTorNetwork")) {
                throw new LocalFailure(event + " may only be changed in testing Tor networks!");
            }
        }
    }

    private void checkBandwidth() throws LocalFailure {
        for (String option : List.of("BandwidthRate", "RelayBandwidthRate")) {
            long rate = options.bytes(option);
            boolean isSet = rate > 0 || option.equals("BandwidthRate");
            if (Connected.isRelay(options) && isSet && rate < RELAY_BANDWIDTH_MIN) {
                throw new LocalFailure(option + " is set to " + rate
                        + " bytes/second. For servers, it must be at least " + RELAY_BANDWIDTH_MIN + ".");
            }
            long burst = options.bytes(option.replace("Rate", "Burst"));
            if (rate > burst && (burst > 0 || option.equals("BandwidthRate"))) {
                throw new LocalFailure(option.replace("Rate", "Burst") + " must be at least equal to " + option + ".");
            }
        }
        if (options.interval("TokenBucketRefillInterval").isZero()) {
            throw new LocalFailure("TokenBucketRefillInterval must be between 1 and 1000 inclusive.");
        }
    }

    private void checkVoting() throws LocalFailure {
        boolean testing = options.flag("TestingTorNetwork");
        checkVoting("", testing ? TESTING_VOTING_MIN : VOTING_MIN, testing ? TESTING_DELAY_MIN : DELAY_MIN);
        if (testing) {
            checkVoting("Testing", TESTING_INITIAL_VOTING_MIN, TESTING_DELAY_MIN);
        }
    }

    private void checkVoting(String prefix, Duration least, Duration leastDelay) throws LocalFailure {
        String initial = prefix.isEmpty() ? "" : "Initial";
        String interval = prefix + "V3Auth" + initial + "VotingInterval";
        String vote = prefix + "V3Auth" + initial + "VoteDelay";
        String distribute = prefix + "V3Auth" + initial + "DistDelay";
        for (String delay : List.of(vote, distribute)) {
            if (options.interval(delay).compareTo(leastDelay) < 0) {
                throw new LocalFailure(delay + " is way too low: at least " + leastDelay.toSeconds() + " seconds.");
            }
        }
        if (options.interval(interval).compareTo(least) < 0) {
            throw new LocalFailure(interval + " is insanely low: at least " + least.toSeconds() + " seconds.");
        }
        Duration exchange = options.interval(vote).plus(options.interval(distribute));
        boolean initialInterval = !initial.isEmpty();
        Duration room = options.interval(interval).dividedBy(initialInterval ? 1 : 2);
        if (exchange.compareTo(room) >= 0) {
            throw new LocalFailure(vote + " plus " + distribute + " must be less than "
                    + (initialInterval ? "" : "half ") + interval + ".");
        }
    }
}
