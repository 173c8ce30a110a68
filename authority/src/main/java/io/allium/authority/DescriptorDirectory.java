package io.allium.authority;

import io.allium.base.Time;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Slice;
import io.allium.relay.DirectoryHandler;
import io.allium.relay.DirectoryQuery;
import io.allium.relay.DirectoryReply;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes relays' descriptors at {@code POST /tor/}, and serves them, their extra-infos and their microdescriptors.
 *
 * @spec dir-spec 2.1
 * @spec dir-spec B
 */
final class DescriptorDirectory implements DirectoryHandler {
    private final Time time;
    private final Submissions submissions;
    private final Microdescriptors microdescriptors;
    private final Fingerprint ourselves;

    DescriptorDirectory(Time time, Submissions submissions, Microdescriptors microdescriptors, Fingerprint ourselves) {
        this.time = time;
        this.submissions = submissions;
        this.microdescriptors = microdescriptors;
        this.ourselves = ourselves;
    }

    @Override
    public Optional<DirectoryReply> answer(DirectoryQuery query) {
        return switch (query.method()) {
            case POST -> query.path().equals("/tor/") ? Optional.of(post(query.body())) : Optional.empty();
            case GET ->
                query.after("/tor/server/")
                        .map(which -> server(which, query))
                        .or(() -> query.after("/tor/extra/").map(which -> extra(which, query)))
                        .or(() -> query.after("/tor/micro/d/").map(this::micro));
        };
    }

    private DirectoryReply post(byte[] documents) {
        return reply(submissions.post(documents, time.now()));
    }

    static DirectoryReply reply(Submissions.Answer answer) {
        return switch (answer.outcome()) {
            case ACCEPTED -> DirectoryReply.status(200, answer.message());
            case NOT_NEW -> DirectoryReply.status(200, "OK").with("X-Descriptor-Not-New", "Yes");
            case REJECTED -> DirectoryReply.status(400, answer.message());
        };
    }

    private DirectoryReply server(String which, DirectoryQuery query) {
        List<Slice> documents = routers(which).map(RouterDescriptor::source).toList();
        return DirectoryReply.descriptors(
                which, Documents.count(which), documents, query.asker().tunnelled());
    }

    private DirectoryReply extra(String which, DirectoryQuery query) {
        Stream<Slice> documents = which.startsWith("d/")
                ? Documents.digests(which.substring(2)).stream()
                        .flatMap(digest -> submissions.extraInfo(digest).stream())
                : routers(which)
                        .flatMap(router -> router.details().extraInfo().stream())
                        .flatMap(digest -> submissions.extraInfo(digest.sha1()).stream());
        return DirectoryReply.descriptors(
                which, Documents.count(which), documents.toList(), query.asker().tunnelled());
    }

    private Stream<RouterDescriptor> routers(String which) {
        if (which.equals("all")) {
            return submissions.current(time.now()).stream();
        }
        if (which.equals("authority")) {
            return submissions.newest(ourselves).stream();
        }
        if (which.startsWith("fp/")) {
            return Documents.fingerprints(which.substring(3)).stream()
                    .flatMap(relay -> submissions.newest(relay).stream());
        }
        if (which.startsWith("d/")) {
            return Documents.digests(which.substring(2)).stream()
                    .flatMap(digest -> submissions.descriptor(digest).stream());
        }
        return Stream.empty();
    }

    private DirectoryReply micro(String which) {
        List<Slice> documents = Documents.sha256Digests(which).stream()
                .flatMap(digest -> microdescriptors.get(digest).stream())
                .toList();
        return DirectoryReply.microdescriptors(documents);
    }
}
