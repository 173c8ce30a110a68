package io.allium.app;

import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.directory.DirectoryRequest;
import io.allium.directory.DocumentFetcher;
import io.allium.directory.HttpHeaders;
import io.allium.relay.DirectoryHandler;
import io.allium.relay.DirectoryQuery;
import io.allium.relay.DirectoryReply;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Gets documents from the directory that an authority itself serves: nobody has them earlier. Immutable. */
final class OwnDirectory implements DocumentFetcher {
    private static final int OK = 200;

    private final Supplier<List<DirectoryHandler>> handlers;

    /** @param handlers those of our directory server, once there are any */
    OwnDirectory(Supplier<List<DirectoryHandler>> handlers) {
        this.handlers = handlers;
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
            if (reply.isPresent() && reply.get().status() == OK) {
                return new Answer(reply.get().bytes(), true, "our own directory", Optional.empty());
            }
        }
        throw new Unreachable("our own directory does not have " + request.path() + " yet");
    }
}
