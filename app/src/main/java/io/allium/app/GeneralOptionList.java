package io.allium.app;

import static io.allium.app.Option.Effect.MEANINGLESS;
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
import static io.allium.app.OptionType.LONG_INTEGER;
import static io.allium.app.OptionType.STRING;
import static io.allium.app.OptionType.TIME_INTERVAL;
import static io.allium.app.OptionType.TIME_MSEC_INTERVAL;

import java.util.List;

/** The process, its files, its log, its control port and how it goes out. */
final class GeneralOptionList {
    private GeneralOptionList() {}

    static final List<Option> LIST = List.of(
            option("AccelDir", FILENAME, null, MEANINGLESS, "Where OpenSSL would look for an accelerator."),
            option("AccelName", STRING, null, MEANINGLESS, "Which OpenSSL accelerator to use."),
            option("AvoidDiskWrites", BOOLEAN, "0", NOT_YET, "Write to disk less often than otherwise."),
            option(
                            "CacheDirectory",
                            FILENAME,
                            null,
                            NOT_YET,
                            "Where cached directory documents lie; the data directory unless set.")
                    .fixed(),
            option(
                    "CacheDirectoryGroupReadable",
                    BOOLEAN_AUTO,
                    "auto",
                    NOT_YET,
                    "Whether the group may read the cache directory."),
            option(
                    "ConnLimit",
                    INTEGER,
                    "1000",
                    MEANINGLESS,
                    "How many sockets the process must be allowed to open before it starts."),
            option(
                    "ConstrainedSockets",
                    BOOLEAN,
                    "0",
                    NOT_YET,
                    "Ask for small socket buffers, for machines short of kernel memory."),
            option("ConstrainedSockSize", DATA_SIZE, "8192", NOT_YET, "How large those small socket buffers are."),
            option("DataDirectory", FILENAME, null, WORKS, "Where keys, state and cached documents lie.")
                    .fixed(),
            option(
                    "DataDirectoryGroupReadable",
                    BOOLEAN,
                    "0",
                    NOT_YET,
                    "Whether the group may read the data directory."),
            option("DisableAllSwap", BOOLEAN, "0", MEANINGLESS, "Lock all memory so that none is swapped out.")
                    .fixed(),
            option(
                            "DisableDebuggerAttachment",
                            BOOLEAN,
                            "1",
                            MEANINGLESS,
                            "Keep other processes of the same user from attaching a debugger.")
                    .fixed(),
            option("DisableNetwork", BOOLEAN, "0", WORKS, "Open no port but the control port, and connect to nobody.")
                    .live(),
            option("DisableOOSCheck", BOOLEAN, "1", MEANINGLESS, "Do not watch for running out of sockets."),
            option("HardwareAccel", BOOLEAN, "0", MEANINGLESS, "Use OpenSSL's hardware acceleration."),
            option(
                            "HeartbeatPeriod",
                            TIME_INTERVAL,
                            "6 hours",
                            WORKS,
                            "How often to log that all is well; 0 for never.")
                    .live(),
            option(
                    "KeepalivePeriod",
                    TIME_INTERVAL,
                    "5 minutes",
                    NOT_YET,
                    "How often to send a padding cell on an idle connection, to keep firewalls from cutting it."),
            option(
                            "KeepBindCapabilities",
                            BOOLEAN_AUTO,
                            "auto",
                            MEANINGLESS,
                            "Whether to keep the right to bind low ports when changing user.")
                    .fixed(),
            option(
                            "Log",
                            LINE_LIST,
                            null,
                            WORKS,
                            "What to log where: MINSEVERITY[-MAXSEVERITY] [domains] stderr|stdout|file FILE.")
                    .live(),
            option("LogMessageDomains", BOOLEAN, "0", WORKS, "Write each line's domains into the log.")
                    .live(),
            option(
                            "LogTimeGranularity",
                            TIME_MSEC_INTERVAL,
                            "1 second",
                            WORKS,
                            "The resolution of the log's timestamps, in milliseconds.")
                    .live(),
            option(
                    "MainloopStats",
                    BOOLEAN,
                    "0",
                    MEANINGLESS,
                    "Log figures about C tor's main loop with every heartbeat."),
            option(
                    "MaxUnparseableDescSizeToLog",
                    DATA_SIZE,
                    "10 MB",
                    NOT_YET,
                    "How many bytes of descriptors that could not be parsed are kept for study."),
            option("MetricsPort", DEPENDENT, null, WORKS, "Where to serve figures for Prometheus.")
                    .live(),
            option("MetricsPortPolicy", LINE_LIST, null, WORKS, "Who may ask the metrics port; nobody by default.")
                    .live(),
            option("NoExec", BOOLEAN, "0", WORKS, "Never start another program. Allium never does.")
                    .fixed(),
            option("NumCPUs", INTEGER, "0", WORKS, "How many processors heavy work may use; 0 for all.")
                    .atStart(),
            option("PidFile", FILENAME, null, WORKS, "Where to write the process ID.")
                    .fixed(),
            option("ProtocolWarnings", BOOLEAN, "0", WORKS, "Log others' violations of the protocol as warnings.")
                    .live(),
            option("RephistTrackTime", TIME_INTERVAL, "24 hours", NOT_YET, "How long to remember what relays did."),
            option(
                            "RunAsDaemon",
                            BOOLEAN,
                            "0",
                            NOT_YET,
                            "Go to the background. Allium stays in the foreground: let the service manager do it.")
                    .fixed(),
            option(
                            "SafeLogging",
                            STRING,
                            "1",
                            WORKS,
                            "Keep users' addresses out of the log: 1 always, relay only as a relay, 0 never.")
                    .live(),
            option("Sandbox", BOOLEAN, "0", MEANINGLESS, "Restrict system calls, which a JVM cannot do to itself.")
                    .fixed(),
            option(
                    "Schedulers",
                    COMMA_LIST,
                    "KIST,KISTLite,Vanilla",
                    MEANINGLESS,
                    "Which of C tor's cell schedulers to use."),
            option(
                    "KISTSchedRunInterval",
                    TIME_MSEC_INTERVAL,
                    "0 msec",
                    MEANINGLESS,
                    "How often C tor's KIST scheduler runs."),
            option(
                    "KISTSockBufSizeFactor",
                    FLOAT,
                    "1.0",
                    MEANINGLESS,
                    "How much C tor's KIST scheduler leaves in the kernel's buffers."),
            option("SyslogIdentityTag", STRING, null, NOT_YET, "A tag for the lines that go to syslog.")
                    .fixed(),
            option("TruncateLogFile", BOOLEAN, "0", WORKS, "Empty log files when they are opened.")
                    .live(),
            option("User", STRING, null, REFUSED, "The user to become after the start.")
                    .fixed(),
            option("GeoIPFile", FILENAME, "/usr/share/tor/geoip", WORKS, "Which IPv4 address is in which country.")
                    .live(),
            option("GeoIPv6File", FILENAME, "/usr/share/tor/geoip6", WORKS, "Which IPv6 address is in which country.")
                    .live(),
            option(
                            "TokenBucketRefillInterval",
                            TIME_MSEC_INTERVAL,
                            "100 msec",
                            WORKS,
                            "How often bandwidth limits are topped up.")
                    .fixed(),
            option("ControlPort", DEPENDENT, null, WORKS, "Where controllers connect.")
                    .live(),
            option(
                            "ControlPortFileGroupReadable",
                            BOOLEAN,
                            "0",
                            WORKS,
                            "Whether the group may read the file of ControlPortWriteToFile.")
                    .live(),
            option("ControlPortWriteToFile", FILENAME, null, WORKS, "A file that says where the control port is.")
                    .live(),
            option("ControlSocket", LINE_LIST, null, WORKS, "A Unix socket where controllers connect.")
                    .live(),
            option("ControlSocketsGroupWritable", BOOLEAN, "0", WORKS, "Whether the group may use the control sockets.")
                    .live(),
            option("CookieAuthentication", BOOLEAN, "0", WORKS, "Let controllers log in with the cookie file.")
                    .live(),
            option(
                            "CookieAuthFile",
                            FILENAME,
                            null,
                            WORKS,
                            "The cookie file; control_auth_cookie in the data directory unless set.")
                    .live(),
            option("CookieAuthFileGroupReadable", BOOLEAN, "0", WORKS, "Whether the group may read the cookie file.")
                    .live(),
            option(
                            "HashedControlPassword",
                            LINE_LIST,
                            null,
                            WORKS,
                            "A password for controllers, as --hash-password prints it.")
                    .live(),
            option(
                            "UnixSocksGroupWritable",
                            BOOLEAN,
                            "0",
                            WORKS,
                            "Whether the group may use SOCKS ports on Unix sockets.")
                    .live(),
            option("OutboundBindAddress", LINE_LIST, null, REFUSED, "The address from which all connections go out."),
            option(
                    "OutboundBindAddressExit",
                    LINE_LIST,
                    null,
                    REFUSED,
                    "The address from which exit connections go out."),
            option(
                    "OutboundBindAddressOR",
                    LINE_LIST,
                    null,
                    REFUSED,
                    "The address from which connections to relays go out."),
            option(
                    "OutboundBindAddressPT",
                    LINE_LIST,
                    null,
                    NOT_YET,
                    "The address that pluggable transports are asked to go out from."),
            option(
                    "HTTPProxy",
                    STRING,
                    null,
                    NOT_YET,
                    "A proxy for directory requests without TLS, which are no longer made."),
            option("HTTPProxyAuthenticator", STRING, null, NOT_YET, "User and password for HTTPProxy."),
            option("HTTPSProxy", STRING, null, REFUSED, "A CONNECT proxy through which all connections to relays go."),
            option("HTTPSProxyAuthenticator", STRING, null, REFUSED, "User and password for HTTPSProxy."),
            option("Socks4Proxy", STRING, null, REFUSED, "A SOCKS 4 proxy through which all connections to relays go."),
            option("Socks5Proxy", STRING, null, REFUSED, "A SOCKS 5 proxy through which all connections to relays go."),
            option("Socks5ProxyUsername", STRING, null, REFUSED, "The user name for Socks5Proxy."),
            option("Socks5ProxyPassword", STRING, null, REFUSED, "The password for Socks5Proxy."),
            option(
                    "TCPProxy",
                    STRING,
                    null,
                    REFUSED,
                    "A proxy of another kind through which all connections to relays go."),
            option("__ControlPort", DEPENDENT, null, WORKS, "As ControlPort, and never saved.")
                    .live(),
            option(
                            "__HashedControlSessionPassword",
                            LINE_LIST,
                            null,
                            WORKS,
                            "As HashedControlPassword, and never saved.")
                    .live(),
            option("__MetricsPort", DEPENDENT, null, WORKS, "As MetricsPort, and never saved.")
                    .live(),
            option(
                            "__OwningControllerFD",
                            LONG_INTEGER,
                            "18446744073709551615", // none, as C tor tells controllers
                            REFUSED,
                            "A file descriptor on which a controller is connected already, which a JVM cannot take over.")
                    .fixed(),
            option("__OwningControllerProcess", STRING, null, WORKS, "The process without which this one ends.")
                    .live(),
            option("__ReloadTorrcOnSIGHUP", BOOLEAN, "1", WORKS, "Whether SIGHUP reads the configuration again.")
                    .live(),
            option("__DisableSignalHandlers", BOOLEAN, "0", WORKS, "Leave signals to the program around us.")
                    .fixed());
}
