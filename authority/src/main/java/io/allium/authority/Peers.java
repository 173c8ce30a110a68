package io.allium.authority;

import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.TaskGroup;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.directory.HttpMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** HTTP to the other authorities, all at once: a slow one must not keep the others waiting. Immutable. */
final class Peers {
    /** One exchange takes no longer, for then its time in the voting period is over. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Network network;
    private final Time time;
    private final Log log;
    private final List<Peer> others;

    Peers(Network network, Time time, Log log, List<Peer> others) {
        this.network = network;
        this.time = time;
        this.log = log;
        this.others = List.copyOf(others);
    }

    List<Peer> all() {
        return others;
    }

    /** Posts to each of them, without waiting for any. */
    void post(TaskGroup tasks, String what, String path, byte[] body) {
        for (Peer peer : others) {
            tasks.fork("post " + what + " to " + peer.nickname(), () -> {
                try {
                    HttpMessage.Response answer = ask(peer, HttpMessage.Request.post(path, body));
                    if (answer.status() == 200) {
                        log.info(Log.Domain.DIR, "Posted " + what + " to " + peer);
                    } else {
                        log.warn(
                                Log.Domain.DIR,
                                peer + " did not take our " + what + ": " + answer.status() + " " + answer.reason());
                    }
                } catch (TorException failed) {
                    log.warn(
                            Log.Domain.DIR,
                            failed.in("Posting " + what + " to " + peer).getMessage());
                }
            });
        }
    }

    /** Asks each of them, without waiting for any; what they have goes to {@code received}, from several threads. */
    void get(TaskGroup tasks, String what, String path, Consumer<byte[]> received) {
        for (Peer peer : others) {
            tasks.fork("get " + what + " from " + peer.nickname(), () -> {
                try {
                    HttpMessage.Response answer = ask(peer, HttpMessage.Request.get(path));
                    if (answer.status() == 200) {
                        received.accept(answer.document(HttpMessage.DECODED_MAX));
                    } else {
                        log.info(Log.Domain.DIR, peer + " has no " + what + ": " + answer.status());
                    }
                } catch (TorException failed) {
                    log.info(
                            Log.Domain.DIR,
                            failed.in("Asking " + peer + " for " + what).getMessage());
                }
            });
        }
    }

    private HttpMessage.Response ask(Peer peer, HttpMessage.Request request) throws TorException, InterruptedException {
        Wire wire = network.dial(peer.dirPort(), PATIENCE);
        Time.Timer limit = time.after(PATIENCE, wire::close);
        try (wire) {
            wire.write(request.with("Host", peer.dirPort().toString()).encode());
            return HttpMessage.readResponse(wire);
        } catch (IOException broken) {
            throw new Unreachable("the connection broke: " + broken.getMessage());
        } finally {
            limit.cancel();
        }
    }
}
