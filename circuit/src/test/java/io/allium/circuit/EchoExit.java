package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.testing.SeededEntropy;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An exit whose every destination sends back what it gets. It counts on its own, so that it notices when the client sends
 * more than the windows allow, or acknowledges what it should not. Confined to the chain's loop.
 */
final class EchoExit implements FakeRelay.Script {
    private static final int CIRCUIT_WINDOW = 1000;
    private static final int STREAM_WINDOW = 500;

    private static final class Echo {
        private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
        private int arrived;
        private int acknowledged;
        private int sent;
        private int confirmed;
    }

    private final PackagingFlow packaging = PackagingFlow.fixed(FlowParameters.DEFAULT, new SeededEntropy(9));
    private final Map<Integer, Echo> echoes = new LinkedHashMap<>();
    private int arrived;
    private int acknowledged;
    private boolean acknowledging = true;

    /** Whether it sends stream-level SENDMEs. */
    void acknowledge(boolean on) {
        acknowledging = on;
    }

    /** DATA cells that came. */
    int arrived() {
        return arrived;
    }

    /** DATA cells that it sent back on a stream. */
    int sent(int streamId) {
        Echo echo = echoes.get(streamId);
        return echo == null ? 0 : echo.sent;
    }

    @Override
    public void message(FakeRelay relay, int streamId, RelayMessage message) throws ProtocolViolation {
        switch (message) {
            case RelayMessage.Begin begin -> open(relay, streamId);
            case RelayMessage.BeginDir begin -> open(relay, streamId);
            case RelayMessage.Data data -> data(relay, streamId, data.data());
            case RelayMessage.End end -> echoes.remove(streamId);
            case RelayMessage.SendMe sendme
            when streamId == 0 -> {
                packaging.acknowledged(sendme.version(), sendme.digest(), false);
                for (Map.Entry<Integer, Echo> echo : echoes.entrySet()) {
                    answer(relay, echo.getKey(), echo.getValue());
                }
            }
            case RelayMessage.SendMe sendme -> {
                Echo echo = echo(streamId);
                echo.confirmed += 50;
                check(echo.confirmed <= echo.sent, "SENDME for DATA that was not sent");
                answer(relay, streamId, echo);
            }
            case RelayMessage.Resolve resolve ->
                relay.say(
                        streamId,
                        new RelayMessage.Resolved(
                                List.of(new RelayMessage.Resolved.Address(InetAddress.ofLiteral("192.0.2.7"), 60))));
            default -> throw new ProtocolViolation("unexpected " + message);
        }
    }

    /** Acknowledges so much of what came on a stream. */
    void acknowledge(FakeRelay relay, int streamId, int increments) throws ProtocolViolation {
        for (int i = 0; i < increments; i++) {
            echo(streamId).acknowledged += 50;
            relay.say(streamId, RelayMessage.SendMe.PLAIN);
        }
    }

    private void open(FakeRelay relay, int streamId) throws ProtocolViolation {
        check(echoes.put(streamId, new Echo()) == null, "stream " + streamId + " is in use");
        relay.say(streamId, new RelayMessage.Connected(InetAddress.ofLiteral("192.0.2.7"), 60));
    }

    private void data(FakeRelay relay, int streamId, byte[] data) throws ProtocolViolation {
        arrived++;
        check(arrived - acknowledged <= CIRCUIT_WINDOW, "DATA beyond the circuit's window");
        if (arrived - acknowledged == 100) {
            acknowledged += 100;
            relay.say(0, new RelayMessage.SendMe(1, relay.layer().recognisedTag()));
        }
        Echo echo = echoes.get(streamId);
        if (echo == null) {
            return;
        }
        echo.arrived++;
        check(echo.arrived - echo.acknowledged <= STREAM_WINDOW, "DATA beyond the stream's window");
        if (acknowledging && echo.arrived - echo.acknowledged == 50) {
            acknowledge(relay, streamId, 1);
        }
        echo.pending.writeBytes(data);
        answer(relay, streamId, echo);
    }

    private void answer(FakeRelay relay, int streamId, Echo echo) {
        if (packaging.isEmpty() || echo.sent - echo.confirmed >= STREAM_WINDOW) {
            return;
        }
        byte[] pending = echo.pending.toByteArray();
        int done = 0;
        while (done < pending.length && !packaging.isEmpty() && echo.sent - echo.confirmed < STREAM_WINDOW) {
            int length = Math.min(pending.length - done, packaging.dataLimit(RelayCell.DATA_MAX));
            byte[] part = new byte[length];
            System.arraycopy(pending, done, part, 0, length);
            echo.sent++;
            relay.say(RelayCommand.DATA, streamId, part, length);
            packaging.sent(RelayCell.DATA_MAX - length, relay.layer()::originatedTag);
            done += length;
        }
        echo.pending.reset();
        echo.pending.write(pending, done, pending.length - done);
    }

    private Echo echo(int streamId) throws ProtocolViolation {
        Echo echo = echoes.get(streamId);
        if (echo == null) {
            throw new ProtocolViolation("stream " + streamId + " is not open");
        }
        return echo;
    }

    private static void check(boolean holds, String what) throws ProtocolViolation {
        if (!holds) {
            throw new ProtocolViolation(what);
        }
    }
}
