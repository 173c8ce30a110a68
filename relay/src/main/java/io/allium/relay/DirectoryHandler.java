package io.allium.relay;

import io.allium.directory.HttpMessage;
import java.util.Optional;

/** Answers some of a directory's paths. Called on the virtual thread of the one who asks, so it may wait. */
@FunctionalInterface
public interface DirectoryHandler {
    /** The answer, or nothing where the path is not one of this handler's: the next one is asked. */
    Optional<DirectoryReply> answer(DirectoryQuery query) throws InterruptedException;

    /** The longest body of a POST to that path that it takes, in bytes; 0 where it answers only GET. */
    default int bodyMax(String path) {
        return HttpMessage.BODY_MAX;
    }
}
