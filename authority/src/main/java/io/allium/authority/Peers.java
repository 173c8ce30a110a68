package io.allium.authority;

import io.allium.base.Log;
import io.allium.base.TaskGroup;
import io.allium.base.TorException;
import io.allium.crypto.Fingerprint;
import io.allium.directory.DirectoryAuthority;
import io.allium.directory.HttpFetcher;
import io.allium.directory.HttpMessage;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The other authorities, each asked in a task of its own: a slow one must not keep the others waiting. Immutable. */
final class Peers {
    private final HttpFetcher http;
    private final Log log;
    private final List<DirectoryAuthority> others;

    Peers(HttpFetcher http, Log log, List<DirectoryAuthority> others) {
        this.http = http;
        this.log = log;
        this.others = List.copyOf(others);
    }

    /** Posts to each of them, without waiting for any. */
    void post(TaskGroup tasks, String what, String path, byte[] body) {
        for (DirectoryAuthority peer : others) {
            tasks.fork("post " + what + " to " + peer.nickname(), () -> {
                try {
                    HttpMessage.Response answer = http.exchange(
                            peer.dirPort(),
                            HttpMessage.Request.post(path, body)
                                    .with("Host", peer.dirPort().toString()));
                    if (answer.status() != 200) {
                        log.warn(
                                Log.Domain.DIR,
                                peer.nickname() + " did not take our " + what + ": " + answer.status() + " "
                                        + answer.reason());
                    }
                } catch (TorException failed) {
                    log.warn(Log.Domain.DIR, failed.in("Posting our " + what).getMessage());
                }
            });
        }
    }

    List<DirectoryAuthority> all() {
        return others;
    }

    /** The one with this v3 identity. */
    Optional<DirectoryAuthority> with(Fingerprint identity) {
        return others.stream()
                .filter(peer -> peer.v3Ident().equals(Optional.of(identity)))
                .findFirst();
    }

    /**
     * Asks each of {@code whom}, without waiting for any.
     *
     * @param received takes what they have and whose it is, from several tasks at once
     */
    void get(
            TaskGroup tasks,
            String what,
            String path,
            List<DirectoryAuthority> whom,
            BiConsumer<byte[], DirectoryAuthority> received) {
        for (DirectoryAuthority peer : whom) {
            tasks.fork("get " + what + " from " + peer.nickname(), () -> {
                try {
                    HttpMessage.Response answer = http.exchange(
                            peer.dirPort(),
                            HttpMessage.Request.get(path)
                                    .with("Host", peer.dirPort().toString()));
                    if (answer.status() == 200) {
                        received.accept(answer.document(HttpMessage.DECODED_MAX), peer);
                    } else {
                        log.info(Log.Domain.DIR, peer.nickname() + " has no " + what + ": " + answer.status());
                    }
                } catch (TorException failed) {
                    log.info(Log.Domain.DIR, failed.in("Asking for " + what).getMessage());
                }
            });
        }
    }
}
