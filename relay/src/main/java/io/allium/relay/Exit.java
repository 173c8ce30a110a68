package io.allium.relay;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Names;
import io.allium.base.Network;
import io.allium.base.Refused;
import io.allium.base.Tasks;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.cell.BeginFlags;
import io.allium.cell.EndReason;
import io.allium.cell.RelayMessage;
import io.allium.channel.AuthenticatedPeer;
import io.allium.channel.Backlog;
import io.allium.channel.Channels;
import io.allium.channel.ConnectionCount;
import io.allium.netdoc.ExitPolicy;
import io.allium.relay.RelayFigures.Counted;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where clients' streams leave: makes the connections that they ask for, as far as the exit policy lets it, and looks
 * names up for them. Its methods wait, and are called on virtual threads. Immutable.
 *
 * @spec tor-spec 6.2, 6.4
 */
final class Exit {
    /** How long a server may take to accept: clients give a stream up after 60 s or sooner. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A name that is longer than DNS allows, or empty, is nobody's: RFC 1035. */
    private static final int NAME_MAX = 255;

    /** Descriptors, memory, and local ports: ENFILE and EMFILE, ENOBUFS, EADDRINUSE and EADDRNOTAVAIL. */
    private static final List<String> OUT_OF_RESOURCES =
            List.of("too many open files", "no buffer space", "in use", Network.NO_PORT_LEFT);

    /** What came of a request to connect. */
    sealed interface Outcome {}

    /** A connection to a server, and what the client is told of it. */
    record Open(Wire server, RelayMessage.Connected connected) implements Outcome {}

    /** A connection to our own directory. */
    record OpenDirectory(ByteStream directory) implements Outcome {}

    /** Why there is none. */
    record Denied(RelayMessage.End end) implements Outcome {}

    private final ExitPolicy policy;
    private final boolean ipv6;
    private final Names names;
    private final Network network;
    private final @Nullable DirectoryServer directory;
    private final Tasks tasks;
    private final KnownRelays knownRelays;
    private final Channels channels;
    private final RelayFigures figures;

    /**
     * @param ipv6 whether IPv6 destinations are served at all
     * @param directory answers BEGIN_DIR; null where we are none
     * @param channels with which we share memory
     * @param figures where what it does is counted
     */
    Exit(
            ExitPolicy policy,
            boolean ipv6,
            Names names,
            Network network,
            @Nullable DirectoryServer directory,
            Tasks tasks,
            KnownRelays knownRelays,
            Channels channels,
            RelayFigures figures) {
        this.policy = policy;
        this.ipv6 = ipv6;
        this.names = names;
        this.network = network;
        this.directory = directory;
        this.tasks = tasks;
        this.knownRelays = knownRelays;
        this.channels = channels;
        this.figures = figures;
    }

    /** Counts what waits in memory. */
    Backlog backlog() {
        return channels.backlog();
    }

    /** Counts what a stream that leaves Tor here carries, where that is wanted. */
    ConnectionCount count() {
        return channels.count(ConnectionCount.Kind.EXIT);
    }

    /** Counts what is done here. */
    RelayFigures figures() {
        return figures;
    }

    /** Starts a task of a stream. */
    Tasks.Task fork(String name, Tasks.Body body) {
        return tasks.fork(name, body);
    }

    /** Why streams of circuits from there may not leave the network here; nothing if they may. */
    Optional<EndReason> whyNot(AuthenticatedPeer previous) {
        return knownRelays.whyNotExit(previous);
    }

    /** Whether BEGIN_DIR is answered. */
    boolean isDirectory() {
        return directory != null;
    }

    /** A connection to our own directory for a stream of a circuit from {@code previous}. */
    Outcome connectDirectory(AuthenticatedPeer previous) {
        if (directory == null) {
            return denied(EndReason.NOTDIRECTORY);
        }
        if (!backlog().hasRoom()) {
            return denied(EndReason.RESOURCELIMIT);
        }
        // A relay at the previous end may have a client behind it; a client there has only itself.
        DirectoryQuery.Asker asker = new DirectoryQuery.Asker(previous.endpoint(), previous.isRelay(), true);
        return new OpenDirectory(directory.connect(asker));
    }

    /** Looks the host up and connects to the address that the client's flags and our policy choose. */
    Outcome connect(RelayMessage.Begin begin) throws InterruptedException {
        if (begin.host().isEmpty() || begin.host().length() > NAME_MAX) {
            return denied(EndReason.TORPROTOCOL);
        }
        if (!ipv6 && begin.flags().ipv4NotOkay() || policy.rejectsAll()) {
            return denied(EndReason.EXITPOLICY);
        }
        if (!isLookedUp(begin.host()) || ArpaName.isArpa(begin.host())) {
            return denied(EndReason.RESOLVEFAILED);
        }
        Names.Answer<InetAddress> found;
        try {
            found = lookUp(begin.host());
        } catch (Refused | Unreachable unknown) {
            return denied(EndReason.RESOLVEFAILED);
        }
        Optional<InetAddress> chosen = choose(found.values(), begin.flags());
        if (chosen.isEmpty()) {
            return denied(found.values().isEmpty() ? EndReason.RESOLVEFAILED : EndReason.EXITPOLICY);
        }
        return dial(new Endpoint(chosen.get(), begin.port()), found.ttl().toSeconds());
    }

    /** The address that the client wants most among those it can use. */
    private Optional<InetAddress> choose(List<InetAddress> found, BeginFlags flags) {
        Optional<InetAddress> v4 =
                found.stream().filter(a -> !isIpv6(a) && !flags.ipv4NotOkay()).findFirst();
        Optional<InetAddress> v6 = found.stream()
                .filter(a -> isIpv6(a) && ipv6 && flags.ipv6Okay())
                .findFirst();
        return flags.ipv6Preferred() ? v6.or(() -> v4) : v4.or(() -> v6);
    }

    private Outcome dial(Endpoint to, long ttl) throws InterruptedException {
        if (!policy.allows(to)) {
            return new Denied(new RelayMessage.End(EndReason.EXITPOLICY, to.address(), ttl));
        }
        if (knownRelays.isReentry(to)) {
            return denied(EndReason.CONNECTREFUSED); // a reason that makes no client try the next exit
        }
        try {
            return new Open(network.dial(to, PATIENCE), new RelayMessage.Connected(to.address(), ttl));
        } catch (Unreachable gone) {
            if (gone.getMessage().toLowerCase(Locale.ROOT).contains(Network.NO_PORT_LEFT)) {
                figures.count(Counted.NO_PORT_LEFT);
            }
            return denied(reason(gone.getMessage()));
        }
    }

    /** The end reason for a phrase of {@link Network#dial}, as C tor has it for the same error of the system. */
    static EndReason reason(String phrase) {
        String said = phrase.toLowerCase(Locale.ROOT);
        if (said.contains("refused")) {
            return EndReason.CONNECTREFUSED;
        }
        if (said.contains("timed out")) {
            return EndReason.TIMEOUT;
        }
        if (said.contains("route") || said.contains("unreachable") || said.contains("denied")) {
            return EndReason.NOROUTE;
        }
        if (OUT_OF_RESOURCES.stream().anyMatch(said::contains)) {
            return EndReason.RESOURCELIMIT;
        }
        return said.contains("reset") ? EndReason.CONNRESET : EndReason.MISC;
    }

    /** The answer to a RESOLVE: addresses of a name, or the name of an address in its arpa form. */
    RelayMessage.Resolved resolve(String name) throws InterruptedException {
        try {
            Optional<InetAddress> reverse = ArpaName.address(name);
            return reverse.isPresent() ? pointer(reverse.get()) : addresses(name);
        } catch (Refused no) {
            return failure(false);
        } catch (Unreachable nobodyKnows) {
            return failure(true);
        }
    }

    private RelayMessage.Resolved addresses(String name) throws Refused, Unreachable, InterruptedException {
        boolean nobodys = name.isEmpty() || name.length() > NAME_MAX || ArpaName.isArpa(name) || !isLookedUp(name);
        if (nobodys || policy.rejectsAll() && !Endpoint.isAddress(name)) {
            return failure(false);
        }
        Names.Answer<InetAddress> found = lookUp(name);
        long ttl = found.ttl().toSeconds();
        List<RelayMessage.Resolved.Answer> answers = new ArrayList<>();
        // One of each family that we lead to, as C tor sends.
        for (boolean six : new boolean[] {false, true}) {
            found.values().stream()
                    .filter(address -> isIpv6(address) == six && (ipv6 || !six || Endpoint.isAddress(name)))
                    .findFirst()
                    .ifPresent(address -> answers.add(new RelayMessage.Resolved.Address(address, ttl)));
        }
        return answers.isEmpty() ? failure(false) : new RelayMessage.Resolved(answers);
    }

    private RelayMessage.Resolved pointer(InetAddress address) throws Refused, Unreachable, InterruptedException {
        if (Endpoint.isInternal(address) || policy.rejectsAll()) {
            return failure(false);
        }
        Names.Answer<String> found = counted(() -> names.names(address));
        String first = found.values().getFirst();
        return first.length() > NAME_MAX
                ? failure(false)
                : new RelayMessage.Resolved(List.of(
                        new RelayMessage.Resolved.HostName(first, found.ttl().toSeconds())));
    }

    private Names.Answer<InetAddress> lookUp(String host) throws Refused, Unreachable, InterruptedException {
        String name = host.toLowerCase(Locale.ROOT);
        return Endpoint.isAddress(name) ? names.addresses(name) : counted(() -> names.addresses(name));
    }

    /** Asks for names or addresses. */
    private interface Question<T> {
        Names.Answer<T> ask() throws Refused, Unreachable, InterruptedException;
    }

    private <T> Names.Answer<T> counted(Question<T> question) throws Refused, Unreachable, InterruptedException {
        figures.count(Counted.DNS_QUERY);
        try {
            Names.Answer<T> answer = question.ask();
            figures.count(Counted.DNS_SUCCESS);
            return answer;
        } catch (Refused unknown) {
            figures.count(Counted.DNS_NOT_EXIST);
            throw unknown;
        } catch (Unreachable nobodyKnows) {
            figures.count(Counted.DNS_TIMEOUT);
            throw nobodyKnows;
        }
    }

    /** Whether name servers are asked for it: letters and what is common beside them, as C tor does unless told otherwise. */
    private static boolean isLookedUp(String host) {
        return Endpoint.isAddress(host) || host.matches("[-A-Za-z0-9._]+");
    }

    /** The answer that there is none. */
    static RelayMessage.Resolved failure(boolean worthAnotherTry) {
        return new RelayMessage.Resolved(
                List.of(new RelayMessage.Resolved.Failure(worthAnotherTry, DnsNames.TTL.toSeconds())));
    }

    private static Denied denied(EndReason reason) {
        return new Denied(new RelayMessage.End(reason));
    }

    private static boolean isIpv6(InetAddress address) {
        return address.getAddress().length == 16;
    }
}
