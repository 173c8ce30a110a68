package io.allium.app;

import io.allium.base.TorException;
import io.allium.directory.DirectoryRequest;
import io.allium.directory.DocumentFetcher;
import io.allium.directory.HttpHeaders;
import io.allium.relay.DirectoryHandler;
import io.allium.relay.DirectoryQuery;
import io.allium.relay.DirectoryReply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gets documents from the directory that an authority itself serves: nobody has them earlier. Only a consensus that was
 * made without it, while it was off or cut off, comes from other authorities. Immutable.
 */
final class OwnDirectory implements DocumentFetcher {
    private static final int OK = 200;

    private final Supplier<List<DirectoryHandler>> handlers;
    private final DocumentFetcher others;

    /**
     * @param handlers those of our directory server, once there are any
     * @param others asks other authorities
     */
    OwnDirectory(Supplier<List<DirectoryHandler>> handlers, DocumentFetcher others) {
        this.handlers = handlers;
        this.others = others;
    }

    @Override
    public Answer fetch(DirectoryRequest request, Origin origin) throws TorException, InterruptedException {
        DirectoryQuery query = new DirectoryQuery(
                DirectoryQuery.Method.GET,
                request.path(),
                HttpHeaders.NONE,
                new byte[0],
                new DirectoryQuery.Asker(Optional.empty(), false, false));
        for (DirectoryHandler handler : handlers.get()) {
            Optional<DirectoryReply> reply = handler.answer(query);
            if (reply.isPresent() && reply.get().status() == OK && isNews(reply.get(), request)) {
                return new Answer(reply.get().bytes(), true, "our own directory", Optional.empty());
            }
        }
        return others.fetch(request, origin);
    }

    private static boolean isNews(DirectoryReply reply, DirectoryRequest request) {
        Optional<Instant> known = request instanceof DirectoryRequest.ConsensusDocument consensus
                ? consensus.newerThan()
                : Optional.empty();
        return known.isEmpty()
                || reply.modified().filter(then -> !then.isAfter(known.get())).isEmpty();
    }
}
