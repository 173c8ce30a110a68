package io.allium.relay;

import io.allium.base.LocalFailure;
import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlText;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.RelayText;
import io.allium.netdoc.FlagSet;
import io.allium.netdoc.RouterBandwidth;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterDetails;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Slice;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Server descriptors and extra-info documents, as controllers see them: those that our directory keeps, where we are a relay,
 * and those that controllers brought. Safe from any thread.
 *
 * @spec control-spec 3.9
 */
public final class ServerDescriptorControl implements ControlPart {
    private static final Pattern EXTRA_INFO = Pattern.compile("\\nextra-info-digest ([0-9A-Fa-f]{40})");
    private static final List<Pattern> HISTORIES =
            List.of(Pattern.compile("(?m)^read-history .*\n"), Pattern.compile("(?m)^write-history .*\n"));

    private final Supplier<Optional<CachedDirectory>> directory;
    private final Supplier<Optional<NetworkView>> view;
    private final Time time;
    private final ControlEvents events;
    private final BroughtDescriptors brought = new BroughtDescriptors();

    /** @param directory nothing where we are no relay, and while the network is disabled */
    public ServerDescriptorControl(
            Supplier<Optional<CachedDirectory>> directory,
            Supplier<Optional<NetworkView>> view,
            Time time,
            ControlEvents events) {
        this.directory = directory;
        this.view = view;
        this.time = time;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key("desc/all-recent", "All server descriptors that we have.", this::all)
                .unlisted("desc/all-recent-extrainfo-hack", this::allWithHistories)
                .prefix(
                        "desc/id/",
                        "That of the relay with this fingerprint.",
                        id -> orMicrodescriptor("id", ofFingerprint(id)))
                .prefix(
                        "desc/name/",
                        "That of the relay with this name.",
                        name -> orMicrodescriptor("name", ofName(name)))
                .key(
                        "desc/download-enabled",
                        "Whether we download them.",
                        () -> directory.get().isPresent() ? "1" : "0")
                .prefix(
                        "desc-annotations/id/",
                        "When and from whom the descriptor of the relay came.",
                        this::annotations)
                .prefix(
                        "dir/server/",
                        "Server descriptors as our directory gives them.",
                        which -> Optional.of(served(which)))
                .prefix("extra-info/digest/", "The extra-info document with this digest.", this::extraInfo)
                .prefix(
                        "ns/purpose/",
                        "Of the descriptors with this purpose, entries as of a consensus.",
                        this::ofPurpose);
        new DescriptorPosting(directory, brought, time, events).enter(catalogue);
    }

    private List<BroughtDescriptors.Brought> brought(Predicate<RouterDescriptor> which) {
        return brought.all().stream()
                .filter(each -> which.test(each.descriptor()))
                .toList();
    }

    private String all() {
        return recent().map(ServerDescriptorControl::text).collect(Collectors.joining());
    }

    private Stream<Slice> recent() {
        Stream<Slice> kept = directory.get().stream().flatMap(now -> now.serverDescriptors("all").stream());
        Stream<Slice> others =
                brought(_ -> true).stream().map(each -> each.descriptor().source());
        return Stream.concat(kept, others);
    }

    /** The same, where those whose extra-info document we have say how much they carried, as they once did. */
    private String allWithHistories() {
        return recent().map(ServerDescriptorControl::text)
                .map(text -> {
                    Matcher digest = EXTRA_INFO.matcher(text);
                    return withHistories(
                            text, digest.find() ? extraInfo(digest.group(1)).orElse("") : "");
                })
                .collect(Collectors.joining());
    }

    /** A server descriptor with the histories of an extra-info document before its signature. */
    static String withHistories(String text, String extraInfo) {
        int end = text.indexOf("\nrouter-signature") + 1;
        String histories = HISTORIES.stream()
                .map(each -> each.matcher(extraInfo))
                .filter(Matcher::find)
                .map(Matcher::group)
                .collect(Collectors.joining());
        return text.substring(0, end) + histories + text.substring(end);
    }

    private Optional<String> ofFingerprint(String id) {
        return fingerprint(id).flatMap(this::of);
    }

    private Optional<String> ofName(String name) {
        Optional<Fingerprint> known =
                view.get().flatMap(now -> now.called(name)).map(io.allium.directory.Relay::fingerprint);
        return known.flatMap(this::of)
                .or(() -> brought(each -> each.nickname().equalsIgnoreCase(name)).stream()
                        .findFirst()
                        .map(each -> text(each.descriptor().source())));
    }

    private Optional<String> of(Fingerprint relay) {
        return kept(relay)
                .or(() -> brought(each -> each.fingerprint().equals(relay)).stream()
                        .map(each -> each.descriptor().source())
                        .findFirst())
                .map(ServerDescriptorControl::text);
    }

    private Optional<Slice> kept(Fingerprint relay) {
        return directory.get().flatMap(now -> now.serverDescriptor(relay));
    }

    /** Who has none since he is a client hears where to ask. */
    private Optional<String> orMicrodescriptor(String by, Optional<String> found) throws ProtocolViolation {
        if (found.isEmpty() && directory.get().isEmpty()) {
            throw new ProtocolViolation("We fetch microdescriptors, not router descriptors. You'll need to use md/" + by
                    + "/* instead of desc/" + by + "/*.");
        }
        return found;
    }

    private Optional<String> annotations(String id) {
        return fingerprint(id)
                .flatMap(relay -> brought(each -> each.fingerprint().equals(relay)).stream()
                        .findFirst()
                        .map(BroughtDescriptors.Brought::annotations)
                        .or(() -> directory.get().flatMap(now -> now.annotations(relay))));
    }

    private static Optional<Fingerprint> fingerprint(String id) {
        String digits = id.startsWith("$") ? id.substring(1) : id;
        return digits.matches("[0-9A-Fa-f]{40}")
                ? Optional.of(Fingerprint.of(HexFormat.of().parseHex(digits)))
                : Optional.empty();
    }

    private String served(String which) throws LocalFailure {
        if (!which.matches("all|authority|(fp|d)/.*")) {
            throw new LocalFailure("Key not recognized");
        }
        List<Slice> found =
                directory.get().map(now -> now.serverDescriptors(which)).orElse(List.of());
        if (found.isEmpty()) {
            throw new LocalFailure("Servers unavailable");
        }
        return text(found);
    }

    private Optional<String> extraInfo(String digest) {
        List<Slice> found = digest.matches("[0-9A-Fa-f]{40}")
                ? directory.get().map(now -> now.extraInfos("d/" + digest)).orElse(List.of())
                : List.of();
        return found.isEmpty() ? Optional.empty() : Optional.of(text(found));
    }

    private static String text(Slice document) {
        return ControlText.of(document.bytes());
    }

    private static String text(List<Slice> documents) {
        return documents.stream().map(ServerDescriptorControl::text).collect(Collectors.joining());
    }

    /** Where nothing is known of the network, nobody has any purpose: as in C tor. */
    private Optional<String> ofPurpose(String name) throws LocalFailure {
        Optional<NetworkView> now = view.get();
        if (now.isEmpty()) {
            return Optional.of("");
        }
        BroughtDescriptors.Purpose purpose =
                BroughtDescriptors.Purpose.named(name).orElseThrow(() -> new LocalFailure("Internal error"));
        Stream<String> entries = brought.all().stream()
                .filter(each -> each.purpose() == purpose)
                .map(each -> RelayText.entry(status(each.descriptor())));
        Stream<String> listed = purpose == BroughtDescriptors.Purpose.GENERAL
                ? now.get().relays().stream().flatMap(relay -> listed(relay).stream())
                : Stream.empty();
        return Optional.of(
                Stream.concat(listed, entries).map(entry -> entry + "\n").collect(Collectors.joining()));
    }

    /** What the consensus says of a relay whose descriptor we keep, with what that one adds. */
    private Optional<String> listed(io.allium.directory.Relay relay) {
        return directory
                .get()
                .flatMap(now -> now.issue(relay.fingerprint()))
                .map(issue -> RelayText.entry(relay.status(), issue.digest(), issue.published()));
    }

    /** What a consensus might say of a relay that none knows. */
    private static RouterStatus status(RouterDescriptor descriptor) {
        RouterDetails details = descriptor.details();
        long bandwidth =
                Math.min(details.bandwidth().rate(), details.bandwidth().observed()) / 1000;
        return RouterStatus.of(
                descriptor,
                details.additionalOrPorts(),
                details.tunnelledDirectory() ? FlagSet.of(RouterFlag.V2_DIR) : FlagSet.none(),
                details.platform(),
                details.protocols(),
                new RouterBandwidth(bandwidth, OptionalLong.empty(), false));
    }
}
