package io.allium.app;

import static io.allium.app.Option.Effect.NOT_YET;
import static io.allium.app.Option.Effect.REFUSED;
import static io.allium.app.Option.Effect.WORKS;
import static io.allium.app.Option.option;
import static io.allium.app.OptionType.BOOLEAN;
import static io.allium.app.OptionType.BOOLEAN_AUTO;
import static io.allium.app.OptionType.COMMA_LIST;
import static io.allium.app.OptionType.DATA_SIZE;
import static io.allium.app.OptionType.DEPENDENT;
import static io.allium.app.OptionType.FILENAME;
import static io.allium.app.OptionType.FLOAT;
import static io.allium.app.OptionType.INTEGER;
import static io.allium.app.OptionType.LINE_LIST;
import static io.allium.app.OptionType.SIGNED_INTEGER;
import static io.allium.app.OptionType.STRING;
import static io.allium.app.OptionType.TIME_INTERVAL;
import static io.allium.app.OptionType.TIME_MSEC_INTERVAL;

import java.util.List;

/** What a relay offers, to whom, and how much of it. */
final class RelayOptionList {
    private RelayOptionList() {}

    static final List<Option> LIST = List.of(
            option(
                    "ORPort",
                    DEPENDENT,
                    null,
                    WORKS,
                    "Where other relays and clients connect: [ADDRESS:]PORT|auto|0, and flags."),
            option("Address", LINE_LIST, null, WORKS, "The address that we publish."),
            option("AddressDisableIPv6", BOOLEAN, "0", NOT_YET, "Do not look for an IPv6 address of ours."),
            option(
                    "AssumeReachable",
                    BOOLEAN,
                    "0",
                    WORKS,
                    "Publish our descriptor without having tested that we can be reached."),
            option("AssumeReachableIPv6", BOOLEAN_AUTO, "auto", NOT_YET, "The same for our IPv6 address."),
            option("Nickname", STRING, null, WORKS, "Our name: 1 to 19 letters and digits."),
            option("ContactInfo", STRING, null, WORKS, "How to reach the operator; everybody can read it."),
            option("MyFamily", LINE_LIST, null, WORKS, "Fingerprints of relays that the same operator runs."),
            option(
                    "FamilyId",
                    LINE_LIST,
                    null,
                    WORKS,
                    "A family whose key lies here, by its public key; * for all whose keys do."),
            option(
                            "FamilyKeyDirectory",
                            FILENAME,
                            null,
                            WORKS,
                            "Where family keys lie; with the relay's own unless set.")
                    .fixed(),
            option("BridgeRelay", BOOLEAN, "0", WORKS, "Be a bridge, which is not listed publicly."),
            option("BridgeDistribution", STRING, null, WORKS, "How the bridge database may hand us out."),
            option(
                    "PublishServerDescriptor",
                    COMMA_LIST,
                    "1",
                    WORKS,
                    "To whom to publish our descriptor; 0 for nobody."),
            option("BandwidthRate", DATA_SIZE, "1 GB", WORKS, "How many bytes a second we use on average."),
            option("BandwidthBurst", DATA_SIZE, "1 GB", WORKS, "How many bytes may be used at once."),
            option(
                    "RelayBandwidthRate",
                    DATA_SIZE,
                    "0",
                    WORKS,
                    "How many bytes a second of others' traffic we carry on average."),
            option(
                    "RelayBandwidthBurst",
                    DATA_SIZE,
                    "0",
                    WORKS,
                    "How many bytes of others' traffic may be carried at once."),
            option("MaxAdvertisedBandwidth", DATA_SIZE, "1 GB", WORKS, "The largest bandwidth to publish."),
            option("PerConnBWRate", DATA_SIZE, "0", WORKS, "How many bytes a second one connection may use."),
            option("PerConnBWBurst", DATA_SIZE, "0", WORKS, "How many bytes one connection may use at once."),
            option(
                            "CountPrivateBandwidth",
                            BOOLEAN,
                            "0",
                            WORKS,
                            "Apply limits to connections to private addresses too.")
                    .inTesting("1"),
            option(
                    "AccountingMax",
                    DATA_SIZE,
                    "0 bytes",
                    REFUSED,
                    "How many bytes may be sent, or received, in one accounting period."),
            option(
                    "AccountingRule",
                    STRING,
                    "max",
                    REFUSED,
                    "Whether AccountingMax counts what is sent, received, the larger or the sum."),
            option("AccountingStart", STRING, null, REFUSED, "When accounting periods begin."),
            option(
                    "CircuitPriorityHalflife",
                    FLOAT,
                    "-1.0",
                    WORKS,
                    "How fast a circuit's past traffic is forgotten when circuits compete."),
            option(
                    "MaxMemInQueues",
                    DATA_SIZE,
                    "0",
                    WORKS,
                    "How many bytes all queues may hold before circuits are closed; 0 to choose."),
            option(
                    "MaxHSDirCacheBytes",
                    DATA_SIZE,
                    "0",
                    WORKS,
                    "How many bytes of onion service descriptors are kept."),
            option("MaxOnionQueueDelay", TIME_MSEC_INTERVAL, "0", WORKS, "How long a request for a circuit may wait."),
            option(
                            "KeyDirectory",
                            FILENAME,
                            null,
                            WORKS,
                            "Where keys lie; the folder keys of the data directory unless set.")
                    .fixed(),
            option(
                    "KeyDirectoryGroupReadable",
                    BOOLEAN_AUTO,
                    "auto",
                    NOT_YET,
                    "Whether the group may read the key directory."),
            option(
                    "OfflineMasterKey",
                    BOOLEAN,
                    "0",
                    WORKS,
                    "Never make or load the master identity key: it lies elsewhere."),
            option("SigningKeyLifetime", TIME_INTERVAL, "30 days", WORKS, "How long a signing key is valid."),
            option("SSLKeyLifetime", TIME_INTERVAL, "0", NOT_YET, "How long a TLS certificate is valid; 0 to choose."),
            option("ShutdownWaitLength", TIME_INTERVAL, "30 seconds", WORKS, "How long a relay goes on after SIGINT.")
                    .live(),
            option("ExtORPort", DEPENDENT, null, REFUSED, "Where pluggable transports hand over connections."),
            option("ExtORPortCookieAuthFile", FILENAME, null, NOT_YET, "The cookie file of ExtORPort."),
            option("ExtORPortCookieAuthFileGroupReadable", BOOLEAN, "0", NOT_YET, "Whether the group may read it."),
            option("ServerTransportListenAddr", LINE_LIST, null, REFUSED, "Where a pluggable transport listens."),
            option("ServerTransportOptions", LINE_LIST, null, REFUSED, "Options for a pluggable transport."),
            option(
                    "ServerTransportPlugin",
                    LINE_LIST,
                    null,
                    REFUSED,
                    "A program that disguises connections from clients."),
            option("ExtendAllowPrivateAddresses", BOOLEAN, "0", WORKS, "Extend circuits to private addresses.")
                    .inTesting("1"),
            option(
                    "ExitPolicy",
                    LINE_LIST,
                    null,
                    WORKS,
                    "Where exit streams may go: accept and reject rules, the first that matches wins."),
            option(
                    "ExitPolicyRejectLocalInterfaces",
                    BOOLEAN,
                    "0",
                    REFUSED,
                    "Refuse exit streams to all addresses of this machine."),
            option(
                            "ExitPolicyRejectPrivate",
                            BOOLEAN,
                            "1",
                            WORKS,
                            "Refuse exit streams to private addresses and our own.")
                    .inTesting("0"),
            option("ExitRelay", BOOLEAN_AUTO, "auto", WORKS, "Whether to be an exit: 1, 0, or auto, which means no."),
            option(
                    "ReducedExitPolicy",
                    BOOLEAN,
                    "0",
                    WORKS,
                    "Use the built-in policy of ports that cause few complaints."),
            option(
                    "ReevaluateExitPolicy",
                    BOOLEAN,
                    "0",
                    NOT_YET,
                    "Close exit streams that a changed policy no longer allows."),
            option(
                    "RefuseUnknownExits",
                    BOOLEAN_AUTO,
                    "auto",
                    WORKS,
                    "Refuse exit streams from relays that are not in the consensus."),
            option("IPv6Exit", BOOLEAN, "0", WORKS, "Allow exit streams to IPv6 addresses."),
            option("ServerDNSAllowBrokenConfig", BOOLEAN, "1", NOT_YET, "Start although no name server is known."),
            option(
                    "ServerDNSAllowNonRFC953Hostnames",
                    BOOLEAN,
                    "0",
                    NOT_YET,
                    "Look up host names with unusual characters."),
            option(
                    "ServerDNSDetectHijacking",
                    BOOLEAN,
                    "1",
                    NOT_YET,
                    "Test whether name servers lie about names that do not exist."),
            option(
                    "ServerDNSRandomizeCase",
                    BOOLEAN,
                    "1",
                    NOT_YET,
                    "Vary the case of letters in queries, against forged answers."),
            option("ServerDNSResolvConfFile", FILENAME, null, WORKS, "The resolver configuration to use.")
                    .atStart(),
            option("ServerDNSSearchDomains", BOOLEAN, "0", NOT_YET, "Search names in our own domains too."),
            option(
                    "ServerDNSTestAddresses",
                    COMMA_LIST,
                    "www.google.com,www.mit.edu,www.yahoo.com,www.slashdot.org",
                    NOT_YET,
                    "Names that must exist, to test whether name servers work."),
            option("BridgeRecordUsageByCountry", BOOLEAN, "1", WORKS, "Count a bridge's clients by country."),
            option("CellStatistics", BOOLEAN, "0", NOT_YET, "Count how long cells wait."),
            option("ConnDirectionStatistics", BOOLEAN, "0", NOT_YET, "Count connections by direction."),
            option("DirReqStatistics", BOOLEAN, "1", NOT_YET, "Count directory requests by country."),
            option("EntryStatistics", BOOLEAN, "0", NOT_YET, "Count clients by country."),
            option("ExitPortStatistics", BOOLEAN, "0", NOT_YET, "Count exit traffic by port."),
            option("ExtraInfoStatistics", BOOLEAN, "1", NOT_YET, "Publish what was counted."),
            option("HiddenServiceStatistics", BOOLEAN, "1", WORKS, "Tell, blurred, how much onion services use us."),
            option("OverloadStatistics", BOOLEAN, "1", NOT_YET, "Publish that we are overloaded."),
            option("PaddingStatistics", BOOLEAN, "1", NOT_YET, "Count padding."),
            option("DirCache", BOOLEAN, "1", WORKS, "Serve directory documents."),
            option("DirPolicy", LINE_LIST, null, NOT_YET, "Who may use our DirPort."),
            option("DirPort", DEPENDENT, null, WORKS, "Where directory documents are served over HTTP."),
            option("DirPortFrontPage", FILENAME, null, NOT_YET, "A page to show to those who ask our DirPort for /."),
            option(
                    "MaxConsensusAgeForDiffs",
                    TIME_INTERVAL,
                    "0 seconds",
                    NOT_YET,
                    "How old a consensus may be for which diffs are made."),
            option(
                    "DoSCircuitCreationEnabled",
                    BOOLEAN_AUTO,
                    "auto",
                    NOT_YET,
                    "Limit how fast a client may create circuits."),
            option("DoSCircuitCreationBurst", INTEGER, "0", NOT_YET, "How many circuits it may create at once."),
            option(
                    "DoSCircuitCreationDefenseTimePeriod",
                    TIME_INTERVAL,
                    "0",
                    NOT_YET,
                    "How long a client that exceeds it is refused."),
            option("DoSCircuitCreationDefenseType", SIGNED_INTEGER, "0", NOT_YET, "How it is refused."),
            option(
                    "DoSCircuitCreationMinConnections",
                    INTEGER,
                    "0",
                    NOT_YET,
                    "From how many connections on a client is watched."),
            option("DoSCircuitCreationRate", INTEGER, "0", NOT_YET, "How many circuits a second it may create."),
            option(
                    "DoSConnectionEnabled",
                    BOOLEAN_AUTO,
                    "auto",
                    NOT_YET,
                    "Limit how many connections a client may have."),
            option(
                    "DoSConnectionDefenseType",
                    SIGNED_INTEGER,
                    "0",
                    NOT_YET,
                    "How a client that exceeds it is refused."),
            option("DoSConnectionMaxConcurrentCount", INTEGER, "0", NOT_YET, "How many connections a client may have."),
            option(
                    "DoSConnectionConnectRate",
                    INTEGER,
                    "0",
                    NOT_YET,
                    "How many connections a second a client may open."),
            option("DoSConnectionConnectBurst", INTEGER, "0", NOT_YET, "How many it may open at once."),
            option(
                    "DoSConnectionConnectDefenseTimePeriod",
                    TIME_INTERVAL,
                    "0",
                    NOT_YET,
                    "How long a client that exceeds it is refused."),
            option(
                    "DoSRefuseSingleHopClientRendezvous",
                    BOOLEAN_AUTO,
                    "auto",
                    WORKS,
                    "Refuse rendezvous points to clients that come by one hop."),
            option(
                    "DoSStreamCreationEnabled",
                    BOOLEAN_AUTO,
                    "auto",
                    NOT_YET,
                    "Limit how fast a circuit may open streams."),
            option(
                    "DoSStreamCreationDefenseType",
                    SIGNED_INTEGER,
                    "0",
                    NOT_YET,
                    "How a circuit that exceeds it is refused."),
            option("DoSStreamCreationRate", INTEGER, "0", NOT_YET, "How many streams a second a circuit may open."),
            option("DoSStreamCreationBurst", INTEGER, "0", NOT_YET, "How many it may open at once."),
            option("__DirPort", DEPENDENT, null, WORKS, "As DirPort, and never saved."),
            option("__ExtORPort", DEPENDENT, null, REFUSED, "As ExtORPort, and never saved."),
            option("__ORPort", DEPENDENT, null, WORKS, "As ORPort, and never saved."));
}
