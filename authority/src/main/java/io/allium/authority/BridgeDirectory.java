package io.allium.authority;

import io.allium.base.Time;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Slice;
import io.allium.relay.DirectoryHandler;
import io.allium.relay.DirectoryQuery;
import io.allium.relay.DirectoryReply;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Takes bridges' descriptors, and tells of a bridge only to who knows its fingerprint or our password, and only where
 * nobody can listen. What is asked besides, about relays, is left to others.
 */
final class BridgeDirectory implements DirectoryHandler {
    private static final String STATUS = "/tor/networkstatus-bridges";
    private static final String BASIC = "Basic ";

    private final Time time;
    private final Submissions bridges;
    private final Supplier<BridgeStatus> status;
    private final Optional<String> password;

    /** @param password {@code BridgePassword}, for who wants to know of all */
    BridgeDirectory(Time time, Submissions bridges, Supplier<BridgeStatus> status, Optional<String> password) {
        this.time = time;
        this.bridges = bridges;
        this.status = status;
        this.password = password;
    }

    @Override
    public Optional<DirectoryReply> answer(DirectoryQuery query) {
        return switch (query.method()) {
            case POST ->
                query.path().equals("/tor/")
                        ? Optional.of(DescriptorDirectory.reply(bridges.post(query.body(), time.now())))
                        : Optional.empty();
            case GET ->
                query.path().equals(STATUS)
                        ? Optional.of(status(query))
                        // Extra-infos of bridges tell who uses them; as in C tor, which serves those of nobody then.
                        : query.after("/tor/extra/")
                                .map(any -> DirectoryReply.notFound())
                                .or(() -> query.after("/tor/server/").flatMap(which -> server(which, query)));
        };
    }

    private DirectoryReply status(DirectoryQuery query) {
        if (!query.asker().tunnelled() || !knowsPassword(query)) {
            return DirectoryReply.notFound();
        }
        byte[] entries = status.get().entries().getBytes(StandardCharsets.US_ASCII);
        return DirectoryReply.of(DirectoryReply.Form.PAGE, List.of(Slice.of(entries)), Optional.empty());
    }

    private boolean knowsPassword(DirectoryQuery query) {
        Optional<String> given = query.headers().first("Authorization").filter(value -> value.startsWith(BASIC));
        if (password.isEmpty() || given.isEmpty()) {
            return false;
        }
        byte[] expected = Base64.getEncoder().encode(password.get().getBytes(StandardCharsets.UTF_8));
        byte[] said = given.get().substring(BASIC.length()).getBytes(StandardCharsets.ISO_8859_1);
        return MessageDigest.isEqual(expected, said);
    }

    private Optional<DirectoryReply> server(String which, DirectoryQuery query) {
        List<Slice> found = query.asker().tunnelled()
                ? named(which).map(RouterDescriptor::source).toList()
                : List.of();
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(DirectoryReply.descriptors(which, Documents.count(which), found, true));
    }

    /** Only those that are named: bridges are not among "all". */
    private Stream<RouterDescriptor> named(String which) {
        if (which.startsWith("fp/")) {
            return Documents.fingerprints(which.substring(3)).stream()
                    .flatMap(bridge -> bridges.newest(bridge).stream());
        }
        if (which.startsWith("d/")) {
            return Documents.digests(which.substring(2)).stream()
                    .flatMap(digest -> bridges.descriptor(digest).stream());
        }
        return Stream.empty();
    }
}
