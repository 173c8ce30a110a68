package io.allium.relay;

import io.allium.base.Log;
import io.allium.base.Refused;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Untrusted;
import io.allium.channel.Backlog;
import io.allium.crypto.Ed25519Identity;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import io.allium.netdoc.OnionDescriptor;
import io.allium.netdoc.Slice;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * A hidden service directory: takes descriptors of onion services in, and hands them out to whoever knows the blinded key,
 * as long as nobody can be seen doing so. Whether it is us whom the ring of directories makes responsible for a key is the
 * business of services and clients; as in C tor we take whatever is signed with it. Immutable but for the store.
 *
 * @spec rend-spec-v3 2.2.5, 2.2.6
 */
public final class OnionDirectory implements DirectoryHandler {
    /** The longest that is read, whatever the consensus allows: twenty times the usual. */
    static final int DOCUMENT_MAX = 1 << 20;

    private static final String ALL = "/tor/hs/";
    private static final String PUBLISH = "/tor/hs/3/publish";
    private static final String FETCH = "/tor/hs/3/";
    private static final DirectoryReply STORED = DirectoryReply.status(200, "HS descriptor stored successfully.");
    private static final DirectoryReply INVALID = DirectoryReply.status(400, "Invalid HS descriptor. Rejected.");

    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private final Supplier<Parameters> parameters;
    private final boolean isPublic;
    private final OnionStatistics statistics;
    private final OnionDescriptorStore store;

    /**
     * @param parameters the consensus's
     * @param bytesMax {@code MaxHSDirCacheBytes}: how much is kept
     * @param backlog counts it
     * @param isPublic whether the consensus may list us; a bridge takes nothing in
     */
    public OnionDirectory(
            Time time,
            Tasks tasks,
            Log log,
            Supplier<Parameters> parameters,
            OnionStatistics statistics,
            long bytesMax,
            Backlog backlog,
            boolean isPublic) {
        this.time = time;
        this.tasks = tasks;
        this.log = log;
        this.parameters = parameters;
        this.statistics = statistics;
        this.isPublic = isPublic;
        this.store = new OnionDescriptorStore(time, bytesMax, backlog);
    }

    @Override
    public int bodyMax(String path) {
        return path.startsWith(ALL) ? DOCUMENT_MAX : 0;
    }

    @Override
    public Optional<DirectoryReply> answer(DirectoryQuery query) throws InterruptedException {
        if (!query.path().startsWith(ALL)) {
            return Optional.empty();
        }
        return switch (query.method()) {
            case POST -> Optional.of(post(query));
            case GET -> query.after(FETCH).map(key -> get(key, query.asker()));
        };
    }

    private DirectoryReply post(DirectoryQuery query) throws InterruptedException {
        if (!isPublic) {
            return DirectoryReply.status(503, "Not acting as a public relay");
        }
        if (!query.asker().anonymous()) {
            return DirectoryReply.status(503, "Rejecting single hop HS descriptor post");
        }
        if (!query.path().startsWith(PUBLISH)) {
            return INVALID;
        }
        return store(query.body());
    }

    /** Signatures are verified on the pool for heavy work, so that it does not hold up other tasks. */
    private DirectoryReply store(byte[] document) throws InterruptedException {
        int limit = parameters.get().get(Parameter.HSV3_MAX_DESCRIPTOR_SIZE);
        try {
            OnionDescriptor descriptor = tasks.compute("onion service descriptor", () -> verified(document, limit))
                    .get();
            boolean isNews =
                    store.store(descriptor.blindedKey(), descriptor.revision(), descriptor.lifetime(), document);
            if (!isNews) {
                return INVALID;
            }
            statistics.published(descriptor.blindedKey());
            return STORED;
        } catch (ExecutionException failed) {
            log.info(Log.Domain.REND, "Rejecting a descriptor: " + failed.getMessage());
            return failed.getCause() instanceof Refused ? DirectoryServer.BUSY : INVALID;
        }
    }

    private OnionDescriptor verified(byte[] document, int limit) throws Untrusted {
        return OnionDescriptor.parse(document, limit).verify(OnionDescriptor.signedAt(time.now()));
    }

    private DirectoryReply get(String key, DirectoryQuery.Asker asker) {
        if (!asker.anonymous()) {
            return DirectoryReply.status(503, "Rejecting single hop HS v3 descriptor request");
        }
        try {
            return store.fetch(Ed25519Identity.parseBase64(key))
                    .map(found ->
                            DirectoryReply.of(DirectoryReply.Form.PAGE, List.of(Slice.of(found)), Optional.empty()))
                    .orElseGet(DirectoryReply::notFound);
        } catch (Untrusted malformed) {
            return DirectoryReply.notFound();
        }
    }
}
