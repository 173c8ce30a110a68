package io.allium.client;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.crypto.Fingerprint;
import io.allium.directory.BootstrapPhase;
import io.allium.directory.BootstrapReport;
import io.allium.directory.DirectoryAuthority;
import io.allium.directory.DirectoryRequest;
import io.allium.directory.DocumentFetcher;
import io.allium.directory.FallbackDirectory;
import io.allium.directory.HttpMessage;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameters;
import io.allium.directory.Relay;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asks directories through circuits of one hop, with BEGIN_DIR, so that nobody on the way sees what is asked. Fallback
 * directories and authorities answer until a consensus is known, our directory guards from then on. Circuits are kept for
 * a while, for further requests. Guarded by {@code lock}.
 *
 * @spec tor-spec 6.2.1; dir-spec 4
 */
final class TunnelledFetcher implements DocumentFetcher {
    /** For a channel and a circuit: as long as C tor gives a one-hop circuit at first. */
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(60);

    /** A directory that has not given all by then is slow beyond use; C tor gives up after 5 minutes of silence. */
    private static final Duration ANSWER_PATIENCE = Duration.ofMinutes(5);

    /** For the answer to BEGIN_DIR, which costs the relay nothing. */
    private static final Duration BEGIN_PATIENCE = Duration.ofSeconds(15);

    /** A circuit without requests is closed after this. */
    private static final Duration IDLE_MAX = Duration.ofMinutes(1);

    /** Circuits kept at once: several requests go to a few directories. */
    static final int CIRCUITS_MAX = 16;

    /** A directory that failed is not asked again for so long, while there are others: as long as C tor's first delays. */
    private static final Duration FAILURE_REMEMBERED = Duration.ofMinutes(1);

    /** Directories whose failures are remembered, more than there are fallbacks. */
    static final int FAILURES_MAX = 500;

    /** Somebody who may be asked. */
    private record Source(HopTarget target, CircuitEvents.Hop hop, double weight, Optional<GuardSet.Attempt> guard) {
        String name() {
            return hop.nickname().isEmpty() ? "" + target : hop + "";
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Entropy entropy;
    private final CircuitBuilder builder;
    private final GuardSet guards;
    private final BootstrapReport report;
    private final Supplier<Optional<NetworkView>> view;
    private final Consumer<DirectoryRequest> arriving;
    private final StreamBook streams;
    private final ClientOptions options;
    /** By circuit: two requests at once may each have opened one to the same directory. */
    private final Map<OriginCircuit, Fingerprint> circuits = new LinkedHashMap<>();

    private final Map<Fingerprint, Long> failures = new LinkedHashMap<>();

    /**
     * @param view what is believed now
     * @param arriving is told when the answer to a request begins to come
     */
    TunnelledFetcher(
            Time time,
            Entropy entropy,
            CircuitBuilder builder,
            GuardSet guards,
            BootstrapReport report,
            Supplier<Optional<NetworkView>> view,
            Consumer<DirectoryRequest> arriving,
            StreamBook streams,
            ClientOptions options) {
        this.time = time;
        this.entropy = entropy;
        this.builder = builder;
        this.guards = guards;
        this.report = report;
        this.view = view;
        this.arriving = arriving;
        this.streams = streams;
        this.options = options;
    }

    @Override
    public Answer fetch(DirectoryRequest request, Origin origin) throws TorException, InterruptedException {
        Source source = source(origin);
        try {
            HttpMessage.Response response = exchange(source, request);
            forgive(source);
            return DocumentFetcher.answer(request, response, source.name());
        } catch (TorException failed) {
            remember(source);
            throw failed.in("directory " + source.name());
        }
    }

    private Source source(Origin origin) throws Unreachable {
        return switch (origin) {
            case FALLBACK -> pick(fallbacks(), "no fallback directory is configured");
            case AUTHORITY -> pick(authorities(), "no directory authority with an ORPort is configured");
            case CACHE -> guard();
        };
    }

    private Source guard() throws Unreachable {
        Optional<GuardSet.Attempt> chosen = guards.choose(GuardSet.Use.DIRECTORY, relay -> true);
        if (chosen.isEmpty()) {
            List<Source> others = new ArrayList<>(fallbacks());
            others.addAll(authorities());
            return pick(others, "there is no directory that could be asked");
        }
        Relay relay = chosen.get().relay();
        return new Source(CircuitBuilder.target(relay), TrackedCircuit.hop(relay), 1, chosen);
    }

    private List<Source> fallbacks() {
        List<Source> sources = new ArrayList<>();
        for (FallbackDirectory each : options.fallbackDirs()) {
            sources.add(source(each.fingerprint(), "", each.orPorts(), each.weight()));
        }
        return sources;
    }

    private List<Source> authorities() {
        List<Source> sources = new ArrayList<>();
        for (DirectoryAuthority each : options.dirAuthorities()) {
            if (!each.bridge() && !each.orPorts().isEmpty()) {
                sources.add(source(each.fingerprint(), each.nickname(), each.orPorts(), each.weight()));
            }
        }
        return sources;
    }

    private static Source source(Fingerprint fingerprint, String nickname, List<Endpoint> orPorts, double weight) {
        HopTarget target = new HopTarget(fingerprint, Optional.empty(), null, orPorts, false, false);
        return new Source(target, new CircuitEvents.Hop(fingerprint, nickname), weight, Optional.empty());
    }

    /** One at random, rather one that has not failed lately. */
    private Source pick(List<Source> sources, String none) throws Unreachable {
        List<Source> good = sources.stream().filter(each -> !hasFailed(each)).toList();
        return WeightedChoice.among(good.isEmpty() ? sources : good, Source::weight, entropy)
                .orElseThrow(() -> new Unreachable(none));
    }

    private boolean hasFailed(Source source) {
        lock.lock();
        try {
            Long at = failures.get(source.target.fingerprint());
            return at != null && time.nanos() - at < FAILURE_REMEMBERED.toNanos();
        } finally {
            lock.unlock();
        }
    }

    private void remember(Source source) {
        lock.lock();
        try {
            if (failures.size() >= FAILURES_MAX) {
                failures.clear();
            }
            failures.put(source.target.fingerprint(), time.nanos());
        } finally {
            lock.unlock();
        }
    }

    private void forgive(Source source) {
        lock.lock();
        try {
            failures.remove(source.target.fingerprint());
        } finally {
            lock.unlock();
        }
    }

    private HttpMessage.Response exchange(Source source, DirectoryRequest request)
            throws TorException, InterruptedException {
        return streams.directory(
                source.target, StreamEvents.Purpose.DIR_FETCH, told -> exchange(source, request, told));
    }

    private HttpMessage.Response exchange(Source source, DirectoryRequest request, TrackedStream told)
            throws TorException, InterruptedException {
        OriginCircuit circuit = circuit(source);
        streams.sent(told, circuit.id());
        try (OnionStream stream = circuit.connectDirectory(BEGIN_PATIENCE);
                ByteStream counted = builder.counted(stream)) {
            streams.connected(told, stream);
            tellPhase(request);
            Time.Timer impatience = time.after(ANSWER_PATIENCE, stream::close);
            try {
                stream.write(request.http(source.name()).encode());
                HttpMessage.Response response =
                        HttpMessage.readResponse(new Noticing(counted, () -> arriving.accept(request)));
                streams.ended(told, stream.ended());
                return response;
            } finally {
                impatience.cancel();
            }
        } catch (IOException broken) {
            throw new Unreachable("" + broken.getMessage(), broken);
        }
    }

    private void tellPhase(DirectoryRequest request) {
        if (request instanceof DirectoryRequest.ConsensusDocument) {
            report.reached(BootstrapPhase.REQUESTING_STATUS);
        }
    }

    private OriginCircuit circuit(Source source) throws TorException, InterruptedException {
        Optional<OriginCircuit> open = open(source.target.fingerprint());
        if (open.isPresent()) {
            source.guard.ifPresent(guards::over);
            return open.get();
        }
        TrackedCircuit tracked = builder.launch(CircuitEvents.Purpose.GENERAL, true, Demand.internal());
        Parameters parameters = view.get().map(NetworkView::parameters).orElse(Parameters.STANDARD);
        try {
            OriginCircuit circuit = builder.directory(tracked, source.target, source.hop, parameters, CONNECT_PATIENCE);
            source.guard.ifPresent(guards::succeeded);
            source.guard.ifPresent(guards::over); // one hop blocks no circuit that waits for a better guard
            keep(source.target.fingerprint(), circuit);
            return circuit;
        } catch (TorException failed) {
            source.guard.ifPresent(guards::failed);
            throw failed;
        } catch (InterruptedException interrupted) {
            source.guard.ifPresent(guards::over);
            throw interrupted;
        }
    }

    private Optional<OriginCircuit> open(Fingerprint fingerprint) {
        lock.lock();
        try {
            return circuits.entrySet().stream()
                    .filter(each -> each.getValue().equals(fingerprint))
                    .map(Map.Entry::getKey)
                    .filter(OriginCircuit::isOpen)
                    .findFirst();
        } finally {
            lock.unlock();
        }
    }

    private void keep(Fingerprint fingerprint, OriginCircuit circuit) {
        List<OriginCircuit> superfluous = new ArrayList<>();
        lock.lock();
        try {
            circuits.keySet().removeIf(each -> !each.isOpen());
            if (circuits.size() >= CIRCUITS_MAX) {
                circuits.keySet().stream()
                        .filter(each -> each.openStreams() == 0)
                        .min(Comparator.comparingLong(each -> each.idleSince().orElse(Long.MAX_VALUE)))
                        .ifPresent(superfluous::add);
            }
            circuits.put(circuit, fingerprint);
        } finally {
            lock.unlock();
        }
        superfluous.forEach(OriginCircuit::close);
    }

    /** Closes circuits that nobody has used for a while. */
    void sweep() {
        List<OriginCircuit> idle = new ArrayList<>();
        lock.lock();
        try {
            circuits.keySet().removeIf(each -> !each.isOpen());
            for (OriginCircuit each : circuits.keySet()) {
                if (each.idleSince().isPresent()
                        && time.nanos() - each.idleSince().getAsLong() > IDLE_MAX.toNanos()) {
                    idle.add(each);
                }
            }
            circuits.keySet().removeAll(idle);
        } finally {
            lock.unlock();
        }
        idle.forEach(OriginCircuit::close);
    }
}
