package io.allium.onionservice;

import io.allium.base.ByteStream;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.client.HsPurpose;
import io.allium.client.OnionCircuits;
import io.allium.crypto.OnionAddress;
import io.allium.directory.HttpMessage;
import io.allium.directory.Relay;
import java.io.IOException;
import java.time.Duration;

/**
 * Speaks with directories of onion services over BEGIN_DIR, each time on a circuit of its own, so that they learn neither who
 * asks nor what else that one asked for. Safe from any task.
 *
 * @spec rend-spec-v3 2.2.6; tor-spec 6.2.1
 */
final class HsDirExchange implements HsDirs {
    /** Ten times what a descriptor may have: the consensus could let them grow some day. */
    private static final int ANSWER_MAX = 500_000;

    /**
     * Circuits that are tried to one directory: one that fails on the way tells nothing of the directory, and C tor's request waits for
     * the next one.
     */
    static final int CIRCUITS_MAX = 4;

    private final Time time;
    private final OnionCircuits circuits;
    private final HsPurpose purpose;

    HsDirExchange(Time time, OnionCircuits circuits, HsPurpose purpose) {
        this.time = time;
        this.circuits = circuits;
        this.purpose = purpose;
    }

    @Override
    public HttpMessage.Response ask(
            OnionAddress service, Relay directory, HttpMessage.Request request, Duration patience)
            throws TorException, InterruptedException {
        long deadline = time.nanos() + patience.toNanos();
        try (OriginCircuit circuit = circuit(service, directory, deadline);
                OnionStream stream = circuit.connectDirectory(left(deadline));
                ByteStream counted = circuits.counted(stream)) {
            Time.Timer impatience = time.after(left(deadline), stream::close);
            try {
                stream.write(request.encode());
                return HttpMessage.readResponse(counted, ANSWER_MAX);
            } finally {
                impatience.cancel();
            }
        } catch (IOException broken) {
            throw new Unreachable("" + broken.getMessage(), broken);
        }
    }

    private OriginCircuit circuit(OnionAddress service, Relay directory, long deadline)
            throws TorException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return circuits.circuitTo(purpose, service.label(), LastHop.of(directory), left(deadline));
            } catch (Unreachable failed) {
                if (attempt == CIRCUITS_MAX || deadline - time.nanos() <= 0) {
                    throw failed;
                }
            }
        }
    }

    private Duration left(long deadline) throws Unreachable {
        long left = deadline - time.nanos();
        if (left <= 0) {
            throw new Unreachable("it took too long");
        }
        return Duration.ofNanos(left);
    }
}
