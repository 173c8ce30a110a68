package io.allium.app;

import static io.allium.app.Option.Effect.NOT_YET;
import static io.allium.app.Option.Effect.REFUSED;
import static io.allium.app.Option.Effect.WORKS;
import static io.allium.app.Option.option;
import static io.allium.app.OptionType.BOOLEAN;
import static io.allium.app.OptionType.BOOLEAN_AUTO;
import static io.allium.app.OptionType.COMMA_LIST;
import static io.allium.app.OptionType.DEPENDENT;
import static io.allium.app.OptionType.FILENAME;
import static io.allium.app.OptionType.FLOAT;
import static io.allium.app.OptionType.INTEGER;
import static io.allium.app.OptionType.LINE_LIST;
import static io.allium.app.OptionType.ROUTER_LIST;
import static io.allium.app.OptionType.SIGNED_INTEGER;
import static io.allium.app.OptionType.STRING;
import static io.allium.app.OptionType.TIME_INTERVAL;

import java.util.List;

/** What a client opens, builds and prefers. */
final class ClientOptionList {
    private ClientOptionList() {}

    static final List<Option> LIST = List.of(
            option(
                            "SocksPort",
                            DEPENDENT,
                            null,
                            WORKS,
                            "Where applications connect with SOCKS: [ADDRESS:]PORT|auto|unix:PATH|0, and flags.")
                    .live(),
            option(
                            "SocksPolicy",
                            LINE_LIST,
                            null,
                            WORKS,
                            "Who may use the SOCKS ports: accept and reject rules, the first that matches wins.")
                    .live(),
            option("SocksTimeout", TIME_INTERVAL, "2 minutes", WORKS, "How long an application waits for a circuit.")
                    .live(),
            option("HTTPTunnelPort", DEPENDENT, null, NOT_YET, "Where applications connect with HTTP CONNECT."),
            option("TransPort", DEPENDENT, null, NOT_YET, "Where a firewall sends connections that it redirects."),
            option("TransProxyType", STRING, "default", NOT_YET, "How TransPort learns where a connection was going."),
            option("NATDPort", DEPENDENT, null, NOT_YET, "Where natd sends connections that it redirects."),
            option("DNSPort", DEPENDENT, null, NOT_YET, "Where DNS queries are answered."),
            option(
                            "MapAddress",
                            LINE_LIST,
                            null,
                            WORKS,
                            "An address and what replaces it: 10.9.8.7 127.0.0.1, or with all under it *.a.org *.b.org.")
                    .live(),
            option(
                    "AutomapHostsOnResolve",
                    BOOLEAN,
                    "0",
                    NOT_YET,
                    "Answer queries for names under AutomapHostsSuffixes with virtual addresses."),
            option(
                    "AutomapHostsSuffixes",
                    COMMA_LIST,
                    ".onion,.exit",
                    NOT_YET,
                    "The suffixes of names that get virtual addresses."),
            option(
                            "VirtualAddrNetworkIPv4",
                            STRING,
                            "127.192.0.0/10",
                            WORKS,
                            "From which IPv4 network addresses are made up for controllers.")
                    .live(),
            option(
                            "VirtualAddrNetworkIPv6",
                            STRING,
                            "[FE80::]/10",
                            WORKS,
                            "From which IPv6 network addresses are made up for controllers.")
                    .live(),
            option("AllowNonRFC953Hostnames", BOOLEAN, "0", WORKS, "Accept host names with unusual characters.")
                    .live(),
            option(
                            "ClientDNSRejectInternalAddresses",
                            BOOLEAN,
                            "1",
                            WORKS,
                            "Disbelieve an exit that says a name has a private address.")
                    .live()
                    .inTesting("0"),
            option("ClientRejectInternalAddresses", BOOLEAN, "1", WORKS, "Refuse requests for private addresses.")
                    .live()
                    .inTesting("0"),
            option("SafeSocks", BOOLEAN, "0", WORKS, "Refuse applications that resolved the name themselves.")
                    .live(),
            option(
                            "TestSocks",
                            BOOLEAN,
                            "0",
                            WORKS,
                            "Log for each request whether the application resolved the name itself.")
                    .live(),
            option(
                            "WarnPlaintextPorts",
                            COMMA_LIST,
                            "23,109,110,143",
                            WORKS,
                            "Warn of connections to these ports, where passwords travel unencrypted.")
                    .live(),
            option("RejectPlaintextPorts", COMMA_LIST, "", WORKS, "Refuse connections to these ports.")
                    .live(),
            option(
                    "TrackHostExits",
                    COMMA_LIST,
                    "",
                    NOT_YET,
                    "Hosts that are to see us always come from the same exit."),
            option(
                    "TrackHostExitsExpire",
                    TIME_INTERVAL,
                    "30 minutes",
                    NOT_YET,
                    "How long such an exit is kept without use."),
            option(
                            "ClientOnionAuthDir",
                            FILENAME,
                            null,
                            WORKS,
                            "Where the private keys lie that onion services have authorised.")
                    .live(),
            option("ClientOnly", BOOLEAN, "0", WORKS, "Never be a relay, whatever else is said."),
            option(
                            "LongLivedPorts",
                            COMMA_LIST,
                            "21,22,706,1863,5050,5190,5222,5223,6523,6667,6697,8300",
                            WORKS,
                            "Ports whose circuits should be made of stable relays.")
                    .live(),
            option(
                            "CircuitBuildTimeout",
                            TIME_INTERVAL,
                            "0",
                            WORKS,
                            "How long a circuit may take to build where that is not learnt.")
                    .live(),
            option("CircuitsAvailableTimeout", TIME_INTERVAL, "0", WORKS, "How long unused circuits are kept ready.")
                    .live(),
            option(
                            "CircuitStreamTimeout",
                            TIME_INTERVAL,
                            "0",
                            WORKS,
                            "How long a stream may take on one circuit before another is tried.")
                    .live(),
            option("LearnCircuitBuildTimeout", BOOLEAN, "1", WORKS, "Learn how long circuits take to build.")
                    .live(),
            option(
                            "MaxCircuitDirtiness",
                            TIME_INTERVAL,
                            "10 minutes",
                            WORKS,
                            "How long after its first use a circuit takes new streams.")
                    .live(),
            option(
                            "MaxClientCircuitsPending",
                            INTEGER,
                            "32",
                            WORKS,
                            "How many circuits may be under construction at once.")
                    .live(),
            option(
                    "NewCircuitPeriod",
                    TIME_INTERVAL,
                    "30 seconds",
                    NOT_YET,
                    "How often to consider building a new circuit."),
            option(
                            "PathsNeededToBuildCircuits",
                            FLOAT,
                            "-1",
                            WORKS,
                            "Which share of all paths must be known before circuits are built.")
                    .live(),
            option(
                    "PathBiasCircThreshold",
                    SIGNED_INTEGER,
                    "-1",
                    NOT_YET,
                    "After how many circuits a guard is judged by those that failed."),
            option("PathBiasDropGuards", BOOLEAN_AUTO, "0", NOT_YET, "Drop guards that fail too many circuits."),
            option(
                    "PathBiasExtremeRate",
                    FLOAT,
                    "-1",
                    NOT_YET,
                    "Below this share of circuits built a guard is dropped or warned of."),
            option(
                    "PathBiasExtremeUseRate",
                    FLOAT,
                    "-1",
                    NOT_YET,
                    "Below this share of circuits usable a guard is dropped or warned of."),
            option(
                    "PathBiasNoticeRate",
                    FLOAT,
                    "-1",
                    NOT_YET,
                    "Below this share of circuits built a notice is logged."),
            option(
                    "PathBiasNoticeUseRate",
                    FLOAT,
                    "-1",
                    NOT_YET,
                    "Below this share of circuits usable a notice is logged."),
            option(
                    "PathBiasScaleThreshold",
                    SIGNED_INTEGER,
                    "-1",
                    NOT_YET,
                    "After how many circuits the counts are halved."),
            option(
                    "PathBiasScaleUseThreshold",
                    SIGNED_INTEGER,
                    "-1",
                    NOT_YET,
                    "After how many used circuits the counts are halved."),
            option(
                    "PathBiasUseThreshold",
                    SIGNED_INTEGER,
                    "-1",
                    NOT_YET,
                    "After how many used circuits a guard is judged."),
            option("PathBiasWarnRate", FLOAT, "-1", NOT_YET, "Below this share of circuits built a warning is logged."),
            option(
                            "EnforceDistinctSubnets",
                            BOOLEAN,
                            "1",
                            WORKS,
                            "Never use two relays of one /16 network on a circuit.")
                    .live()
                    .inTesting("0"),
            option("EntryNodes", ROUTER_LIST, "", WORKS, "The only relays to enter the network by.")
                    .live(),
            option(
                            "ExcludeNodes",
                            ROUTER_LIST,
                            "",
                            WORKS,
                            "Relays never to use; no list of relays takes countries yet.")
                    .live(),
            option("ExcludeExitNodes", ROUTER_LIST, "", WORKS, "Relays never to use as exits.")
                    .live(),
            option("ExitNodes", ROUTER_LIST, "", WORKS, "The only relays to leave the network by.")
                    .live(),
            option("MiddleNodes", ROUTER_LIST, "", WORKS, "The only relays to use in the middle.")
                    .live(),
            option("NodeFamily", LINE_LIST, null, WORKS, "Relays that never share a circuit.")
                    .live(),
            option(
                    "StrictNodes",
                    BOOLEAN,
                    "0",
                    NOT_YET,
                    "Keep to ExcludeNodes even where something then does not work."),
            option(
                    "GeoIPExcludeUnknown",
                    BOOLEAN_AUTO,
                    "auto",
                    NOT_YET,
                    "Exclude relays of unknown country where countries are excluded."),
            option(
                            "HSLayer2Nodes",
                            ROUTER_LIST,
                            "",
                            WORKS,
                            "The only relays for the second hop of onion service circuits.")
                    .live(),
            option(
                            "HSLayer3Nodes",
                            ROUTER_LIST,
                            "",
                            WORKS,
                            "The only relays for the third hop of onion service circuits.")
                    .live(),
            option(
                            "VanguardsLiteEnabled",
                            BOOLEAN_AUTO,
                            "auto",
                            WORKS,
                            "Keep the second hop of onion service circuits for a while.")
                    .live(),
            option("UseEntryGuards", BOOLEAN, "1", WORKS, "Keep to a few relays to enter the network by.")
                    .live(),
            option("UseGuardFraction", BOOLEAN_AUTO, "auto", NOT_YET, "Count young guards by their guard fraction."),
            option("GuardLifetime", TIME_INTERVAL, "0 minutes", WORKS, "How long a guard is kept at least.")
                    .live(),
            option("NumDirectoryGuards", INTEGER, "0", WORKS, "How many guards serve directory requests.")
                    .live(),
            option("NumEntryGuards", INTEGER, "0", WORKS, "How many guards are used.")
                    .live(),
            option("NumPrimaryGuards", INTEGER, "0", WORKS, "How many guards are primary.")
                    .live(),
            option("ConfluxEnabled", BOOLEAN_AUTO, "auto", WORKS, "Split traffic over two circuits where the exit can.")
                    .live(),
            option("ConfluxClientUX", STRING, "throughput", WORKS, "What split traffic is optimised for.")
                    .live(),
            option("CircuitPadding", BOOLEAN, "1", NOT_YET, "Let circuits carry padding that hides their purpose."),
            option("ReducedCircuitPadding", BOOLEAN, "0", NOT_YET, "Use only cheap circuit padding."),
            option(
                    "ConnectionPadding",
                    BOOLEAN_AUTO,
                    "auto",
                    NOT_YET,
                    "Pad connections to guards against coarse flow records."),
            option("ReducedConnectionPadding", BOOLEAN, "0", NOT_YET, "Pad less, for devices that pay for traffic."),
            option(
                    "ExtendByEd25519ID",
                    BOOLEAN_AUTO,
                    "auto",
                    NOT_YET,
                    "Name relays by their Ed25519 identity when extending a circuit."),
            option("DormantCanceledByStartup", BOOLEAN, "0", WORKS, "Wake up when started.")
                    .live(),
            option(
                            "DormantClientTimeout",
                            TIME_INTERVAL,
                            "24 hours",
                            WORKS,
                            "After how long without use a client goes to sleep.")
                    .live(),
            option("DormantOnFirstStartup", BOOLEAN, "0", WORKS, "Sleep when started for the first time.")
                    .live(),
            option("DormantTimeoutDisabledByIdleStreams", BOOLEAN, "1", WORKS, "Stay awake while a stream is open.")
                    .live(),
            option("DormantTimeoutEnabled", BOOLEAN, "1", WORKS, "Go to sleep when unused.")
                    .live(),
            option(
                    "DirAuthority",
                    LINE_LIST,
                    null,
                    WORKS,
                    "A directory authority: [nickname] [flags] ADDRESS:PORT FINGERPRINT; replaces the built-in ones."),
            option(
                    "DirAuthorityFallbackRate",
                    FLOAT,
                    "0.1",
                    NOT_YET,
                    "How often an authority is asked where a fallback would do."),
            option("FallbackDir", LINE_LIST, null, WORKS, "A relay to fetch the first consensus from."),
            option("UseDefaultFallbackDirs", BOOLEAN, "1", WORKS, "Use the built-in fallback directories."),
            option(
                    "AlternateBridgeAuthority",
                    LINE_LIST,
                    null,
                    REFUSED,
                    "A bridge authority that replaces the built-in one."),
            option(
                    "AlternateDirAuthority",
                    LINE_LIST,
                    null,
                    REFUSED,
                    "A directory authority that replaces the built-in ones and leaves the bridge authority."),
            option("FetchDirInfoEarly", BOOLEAN, "0", NOT_YET, "Fetch directory documents as early as caches do."),
            option("FetchDirInfoExtraEarly", BOOLEAN, "0", NOT_YET, "Fetch directory documents even earlier."),
            option("FetchHidServDescriptors", BOOLEAN, "1", WORKS, "Fetch descriptors of onion services.")
                    .live(),
            option("FetchServerDescriptors", BOOLEAN, "1", NOT_YET, "Fetch the consensus and descriptors at all."),
            option("FetchUselessDescriptors", BOOLEAN, "0", NOT_YET, "Fetch documents that nobody here needs."),
            option("DownloadExtraInfo", BOOLEAN, "0", NOT_YET, "Fetch extra-info documents."),
            option("UseMicrodescriptors", BOOLEAN_AUTO, "auto", NOT_YET, "Build circuits from microdescriptors."),
            option(
                            "ClientBootstrapConsensusAuthorityDownloadInitialDelay",
                            TIME_INTERVAL,
                            "6",
                            NOT_YET,
                            "How long to wait before asking an authority where fallbacks are known.")
                    .inTesting("0"),
            option(
                            "ClientBootstrapConsensusAuthorityOnlyDownloadInitialDelay",
                            TIME_INTERVAL,
                            "0",
                            NOT_YET,
                            "How long to wait before asking an authority where no fallback is known.")
                    .inTesting("0"),
            option(
                            "ClientBootstrapConsensusFallbackDownloadInitialDelay",
                            TIME_INTERVAL,
                            "0",
                            NOT_YET,
                            "How long to wait before asking a fallback.")
                    .inTesting("0"),
            option(
                    "ClientBootstrapConsensusMaxInProgressTries",
                    INTEGER,
                    "3",
                    NOT_YET,
                    "From how many directories to fetch the first consensus at once."),
            option("ClientUseIPv4", BOOLEAN, "1", WORKS, "Connect to relays over IPv4.")
                    .live(),
            option("ClientUseIPv6", BOOLEAN, "1", WORKS, "Connect to relays over IPv6.")
                    .live(),
            option("ClientPreferIPv6DirPort", BOOLEAN_AUTO, "auto", NOT_YET, "Prefer directories' IPv6 addresses."),
            option("ClientPreferIPv6ORPort", BOOLEAN_AUTO, "auto", NOT_YET, "Prefer relays' IPv6 addresses."),
            option("FascistFirewall", BOOLEAN, "0", REFUSED, "Connect only to ports that the firewall lets through."),
            option("FirewallPorts", COMMA_LIST, "", REFUSED, "The ports that the firewall lets through."),
            option(
                    "ReachableAddresses",
                    LINE_LIST,
                    null,
                    REFUSED,
                    "The addresses and ports that the firewall lets through."),
            option(
                    "ReachableDirAddresses",
                    LINE_LIST,
                    null,
                    NOT_YET,
                    "The addresses of directories that the firewall lets through."),
            option(
                    "ReachableORAddresses",
                    LINE_LIST,
                    null,
                    REFUSED,
                    "The addresses of relays that the firewall lets through."),
            option("Bridge", LINE_LIST, null, REFUSED, "A bridge to enter the network by."),
            option("UseBridges", BOOLEAN, "0", REFUSED, "Enter the network by bridges only."),
            option(
                    "UpdateBridgesFromAuthority",
                    BOOLEAN,
                    "0",
                    NOT_YET,
                    "Ask the bridge authority where bridges have moved."),
            option(
                    "ClientTransportPlugin",
                    LINE_LIST,
                    null,
                    NOT_YET, // harmless alone: bridges, which it is for, are refused
                    "A program that disguises connections to bridges."),
            option(
                    "ReconfigDropsBridgeDescs",
                    BOOLEAN,
                    "0",
                    NOT_YET,
                    "Forget bridges' descriptors when the bridges change."),
            option(
                            "HiddenServiceAllowUnknownPorts",
                            DEPENDENT,
                            null,
                            WORKS,
                            "Do not close a circuit on a request for an unknown port.")
                    .live(),
            option("HiddenServiceDir", DEPENDENT, null, WORKS, "The folder of an onion service.")
                    .live(),
            option("HiddenServiceDirGroupReadable", DEPENDENT, null, WORKS, "Whether the group may read that folder.")
                    .live(),
            option(
                            "HiddenServiceEnableIntroDoSBurstPerSec",
                            DEPENDENT,
                            null,
                            WORKS,
                            "How large a burst introduction points let through.")
                    .live(),
            option(
                            "HiddenServiceEnableIntroDoSDefense",
                            DEPENDENT,
                            null,
                            WORKS,
                            "Ask introduction points to limit requests.")
                    .live(),
            option(
                            "HiddenServiceEnableIntroDoSRatePerSec",
                            DEPENDENT,
                            null,
                            WORKS,
                            "How many requests a second introduction points let through.")
                    .live(),
            option(
                            "HiddenServiceExportCircuitID",
                            DEPENDENT,
                            null,
                            WORKS,
                            "Tell the service behind which circuit a request came by.")
                    .live(),
            option("HiddenServiceMaxStreams", DEPENDENT, null, WORKS, "How many streams a circuit may carry.")
                    .live(),
            option("HiddenServiceMaxStreamsCloseCircuit", DEPENDENT, null, WORKS, "Close a circuit that tries more.")
                    .live(),
            option(
                            "HiddenServiceNumIntroductionPoints",
                            DEPENDENT,
                            null,
                            WORKS,
                            "How many introduction points to keep.")
                    .live(),
            option("HiddenServiceOnionBalanceInstance", DEPENDENT, null, WORKS, "Serve for an OnionBalance front end.")
                    .live(),
            option("HiddenServicePort", DEPENDENT, null, WORKS, "A port of the onion service, and where it leads.")
                    .live(),
            option(
                            "HiddenServicePoWDefensesEnabled",
                            DEPENDENT,
                            null,
                            WORKS,
                            "Ask clients for proof of work under load.")
                    .live(),
            option("HiddenServicePoWQueueBurst", DEPENDENT, null, WORKS, "How many queued requests are served at once.")
                    .live(),
            option("HiddenServicePoWQueueRate", DEPENDENT, null, WORKS, "How many queued requests are served a second.")
                    .live(),
            option("HiddenServiceVersion", DEPENDENT, null, WORKS, "The version of the onion service protocol; 3.")
                    .live(),
            option(
                            "HiddenServiceNonAnonymousMode",
                            BOOLEAN,
                            "0",
                            WORKS,
                            "Confirm that HiddenServiceSingleHopMode gives the server's location away.")
                    .fixed(),
            option(
                            "HiddenServiceSingleHopMode",
                            BOOLEAN,
                            "0",
                            WORKS,
                            "Serve over circuits of one hop, which are fast and not anonymous.")
                    .fixed(),
            option("PublishHidServDescriptors", BOOLEAN, "1", WORKS, "Publish descriptors of our onion services."),
            option(
                    "CompiledProofOfWorkHash",
                    BOOLEAN_AUTO,
                    "auto",
                    WORKS,
                    "Whether a class is made of each proof-of-work program; slower than not to."),
            option("__DNSPort", DEPENDENT, null, NOT_YET, "As DNSPort, and never saved."),
            option("__HTTPTunnelPort", DEPENDENT, null, NOT_YET, "As HTTPTunnelPort, and never saved."),
            option("__NATDPort", DEPENDENT, null, NOT_YET, "As NATDPort, and never saved."),
            option("__SocksPort", DEPENDENT, null, WORKS, "As SocksPort, and never saved.")
                    .live(),
            option("__TransPort", DEPENDENT, null, NOT_YET, "As TransPort, and never saved."),
            option("__AllDirActionsPrivate", BOOLEAN, "0", NOT_YET, "Make every directory request anonymously."),
            option("__AlwaysCongestionControl", BOOLEAN, "0", NOT_YET, "Ask for congestion control on every circuit."),
            option("__DisablePredictedCircuits", BOOLEAN, "0", WORKS, "Build circuits only when a stream needs one.")
                    .live(),
            option("__LeaveStreamsUnattached", BOOLEAN, "0", WORKS, "Leave it to the controller to attach streams.")
                    .live(),
            option("__SbwsExit", BOOLEAN, "0", NOT_YET, "Behave as the exit that a bandwidth scanner wants."));
}
