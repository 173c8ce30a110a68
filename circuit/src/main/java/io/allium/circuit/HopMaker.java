package io.allium.circuit;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.cell.CellCommand;
import io.allium.cell.DestroyReason;
import io.allium.cell.RelayCommand;
import io.allium.crypto.OriginLayer;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Makes the hops of a circuit, one after another: sends a handshake, waits for the answer, computes the keys, all on the
 * thread of whoever wants the hop. The channel's loop only hands the answer over. Whatever goes wrong ends the circuit,
 * since a circuit of the wrong length is of no use.
 *
 * @spec tor-spec 5.1, 5.3
 */
final class HopMaker {
    private final OriginCircuit circuit;
    private final OutboundHalf outbound;
    private final InboundHalf inbound;
    private final FlowParameters parameters;
    private final Time time;
    private final Entropy entropy;
    private final AtomicReference<@Nullable AwaitedAnswer> awaited = new AtomicReference<>();

    HopMaker(
            OriginCircuit circuit,
            OutboundHalf outbound,
            InboundHalf inbound,
            FlowParameters parameters,
            Time time,
            Entropy entropy) {
        this.circuit = circuit;
        this.outbound = outbound;
        this.inbound = inbound;
        this.parameters = parameters;
        this.time = time;
        this.entropy = entropy;
    }

    /** Makes the first hop, on a link that was just opened. */
    void create(HopHandshake handshake, Duration patience) throws TorException, InterruptedException {
        AwaitedAnswer answer = expect(new AwaitedAnswer(0, handshake.answeredBy()));
        outbound.send(handshake.create());
        join(handshake, answer, patience);
    }

    /** Makes another hop after the last. */
    void extend(Hop last, HopTarget next, Duration patience) throws TorException, InterruptedException {
        HopHandshake handshake = HopHandshake.begin(next, entropy);
        AwaitedAnswer answer = expect(new AwaitedAnswer(last.number(), RelayCommand.EXTENDED2));
        try {
            outbound.extend(last, handshake.extend());
        } catch (Unreachable noMore) {
            circuit.fail(DestroyReason.NONE, noMore.getMessage());
            throw noMore;
        }
        join(handshake, answer, patience);
    }

    /** The answer came; on the channel's loop. */
    void answered(int hop, int command, byte[] handshake) throws ProtocolViolation {
        AwaitedAnswer expected = awaited.get();
        if (expected == null || expected.hop() != hop || expected.command() != command) {
            throw new ProtocolViolation(
                    (hop == 0 ? CellCommand.name(command) : RelayCommand.name(command)) + ": nobody asked for it");
        }
        awaited.set(null);
        expected.handshake().complete(handshake);
    }

    /** No answer will come any more. */
    void circuitEnded(String why) {
        AwaitedAnswer waiting = awaited.getAndSet(null);
        if (waiting != null) {
            waiting.handshake().completeExceptionally(new Unreachable(why));
        }
    }

    private AwaitedAnswer expect(AwaitedAnswer answer) throws Unreachable {
        if (!awaited.compareAndSet(null, answer)) {
            throw new IllegalStateException(circuit + " is being extended already");
        }
        if (!circuit.isOpen()) {
            throw new Unreachable(circuit + " has ended");
        }
        return answer;
    }

    private void join(HopHandshake handshake, AwaitedAnswer awaitedAnswer, Duration patience)
            throws TorException, InterruptedException {
        byte[] answer = await(awaitedAnswer, handshake.target(), patience);
        OriginLayer layer;
        try {
            layer = handshake.finish(answer);
        } catch (ProtocolViolation wrong) {
            circuit.fail(DestroyReason.PROTOCOL, wrong.getMessage());
            throw wrong.in(circuit + ", extending to " + handshake.target());
        }
        Hop hop = new Hop(inbound.hops().size() + 1, handshake.target(), layer, parameters, entropy);
        outbound.add(hop);
        inbound.add(hop);
    }

    private byte[] await(AwaitedAnswer answer, HopTarget from, Duration patience)
            throws Unreachable, InterruptedException {
        String where = circuit + ", extending to " + from;
        try {
            return time.await(answer.handshake(), patience);
        } catch (TimeoutException late) {
            circuit.fail(DestroyReason.TIMEOUT, "no answer from " + from);
            throw new Unreachable(where + ": no answer for " + patience.toMillis() + " ms", late);
        } catch (InterruptedException interrupted) {
            circuit.fail(DestroyReason.REQUESTED, "given up while extending to " + from);
            throw interrupted;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Unreachable why) {
                throw why.in(where);
            }
            throw new Unreachable(where + ": the circuit ended", failed);
        }
    }
}
