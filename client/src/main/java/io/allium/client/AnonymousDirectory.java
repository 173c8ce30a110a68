package io.allium.client;

import io.allium.base.ByteStream;
import io.allium.base.Entropy;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.crypto.Fingerprint;
import io.allium.directory.HttpMessage;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks a directory of our choice through a circuit of its own, so that it does not learn who asks, and nobody
 * on the way what: for bridges, which nobody should see at the bridge authority. Safe from any task.
 *
 * @spec tor-spec 6.2.1
 */
public final class AnonymousDirectory {
    /** For the answer to BEGIN_DIR, over all hops. */
    private static final Duration BEGIN_PATIENCE = Duration.ofSeconds(15);

    /** For the whole exchange; C tor gives up after 5 minutes of silence. */
    private static final Duration ANSWER_PATIENCE = Duration.ofMinutes(5);

    private final Time time;
    private final Entropy entropy;
    private final CircuitBuilder builder;
    private final GuardSet guards;
    private final Supplier<Optional<NetworkView>> view;
    private final StreamBook streams;
    private volatile ClientOptions options;

    /** @param view what is believed of the network, once that is enough to build circuits */
    AnonymousDirectory(
            Time time,
            Entropy entropy,
            CircuitBuilder builder,
            GuardSet guards,
            Supplier<Optional<NetworkView>> view,
            StreamBook streams,
            ClientOptions options) {
        this.time = time;
        this.entropy = entropy;
        this.builder = builder;
        this.guards = guards;
        this.view = view;
        this.streams = streams;
        this.options = options;
    }

    /** Other options from now on. */
    void configure(ClientOptions newOptions) {
        options = newOptions;
    }

    /**
     * Sends one request and waits for the answer.
     *
     * @throws TorException {@code Unreachable} where it may go better later
     */
    public HttpMessage.Response exchange(Fingerprint directory, HttpMessage.Request request)
            throws TorException, InterruptedException {
        NetworkView network = view.get().orElseThrow(() -> new Unreachable("we don't know the network yet"));
        Relay last =
                network.relay(directory).orElseThrow(() -> new Unreachable("the consensus does not list " + directory));
        ClientOptions current = options;
        PathChooser.Path path = new PathChooser(current, entropy).to(last, network, guards);
        TrackedCircuit tracked = builder.launch(CircuitEvents.Purpose.GENERAL, false, Demand.internal());
        long deadline = time.nanos() + current.circuitBuildTimeout().toNanos();
        OriginCircuit circuit = builder.build(tracked, path, network.parameters(), current.circuitBuildTimeout());
        try {
            builder.awaitGuard(circuit, tracked, path.guard(), deadline);
            StreamEvents.Purpose purpose =
                    request.method().equals("POST") ? StreamEvents.Purpose.DIR_UPLOAD : StreamEvents.Purpose.DIR_FETCH;
            return streams.directory(CircuitBuilder.target(last), purpose, told -> exchange(circuit, request, told));
        } finally {
            circuit.close();
            guards.over(path.guard());
        }
    }

    private HttpMessage.Response exchange(OriginCircuit circuit, HttpMessage.Request request, TrackedStream told)
            throws TorException, InterruptedException {
        streams.sent(told, circuit.id());
        try (OnionStream stream = circuit.connectDirectory(BEGIN_PATIENCE);
                ByteStream counted = builder.counted(stream)) {
            streams.connected(told, stream);
            Time.Timer impatience = time.after(ANSWER_PATIENCE, stream::close);
            try {
                stream.write(request.encode());
                HttpMessage.Response response = HttpMessage.readResponse(counted);
                streams.ended(told, stream.ended());
                return response;
            } finally {
                impatience.cancel();
            }
        } catch (IOException broken) {
            throw new Unreachable("" + broken.getMessage(), broken);
        }
    }
}
