package io.allium.directory;

import io.allium.base.LocalFailure;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlTime;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.ConsensusHeader;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.SharedRandomValue;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is believed of the network, as controllers see it. Safe from any thread.
 *
 * @spec control-spec 3.9, 4.1.12, 4.1.15
 */
public final class DirectoryControl implements ControlPart {
    private final Supplier<Optional<NetworkView>> view;
    private final ControlEvents events;
    private final Supplier<Optional<Consensus>> full;
    private final AtomicReference<Map<Fingerprint, String>> told = new AtomicReference<>(Map.of());

    /**
     * @param view nothing while there is no consensus
     * @param full the consensus of server descriptors, where we follow that one too: it says more of relays
     */
    public DirectoryControl(
            Supplier<Optional<NetworkView>> view, Supplier<Optional<Consensus>> full, ControlEvents events) {
        this.view = view;
        this.full = full;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key(
                        "ns/all",
                        "What the consensus says of every relay.",
                        () -> String.join("\n", entries().values()))
                .prefix("ns/id/", "What it says of the relay with this fingerprint.", this::relay)
                .prefix("ns/name/", "What it says of the relay with this name.", name -> known(now -> now.called(name)))
                .prefix("consensus/", "When the consensus holds, and what software it tells of.", this::consensus)
                .key(
                        "sr/current",
                        "The random value that the authorities made together.",
                        () -> random(ConsensusHeader::currentSharedRandom))
                .key("sr/previous", "The one before.", () -> random(ConsensusHeader::previousSharedRandom));
    }

    /** Where nothing is known, every relay has an empty entry: as in C tor. */
    private Optional<String> known(Function<NetworkView, Optional<Relay>> which) {
        Optional<NetworkView> now = view.get();
        return now.isEmpty() ? Optional.of("") : which.apply(now.get()).map(relay -> entry(relay) + "\n");
    }

    private String entry(Relay relay) {
        Optional<RouterStatus> more = full.get().stream()
                .flatMap(consensus -> consensus.routers().stream())
                .filter(status -> status.fingerprint().equals(relay.fingerprint()))
                .findFirst();
        return RelayText.entry(more.orElse(relay.status()));
    }

    /** What the consensus says of each. */
    private Map<Fingerprint, String> entries() {
        Stream<RouterStatus> known = full.get()
                .map(consensus -> consensus.routers().stream())
                .orElseGet(() -> view.get().stream()
                        .flatMap(now -> now.relays().stream())
                        .map(Relay::status));
        return known.collect(
                Collectors.toMap(RouterStatus::fingerprint, RelayText::entry, (one, other) -> one, LinkedHashMap::new));
    }

    private Optional<String> relay(String id) throws LocalFailure {
        if (view.get().isEmpty()) {
            return Optional.of("");
        }
        Fingerprint fingerprint = fingerprint(id).orElseThrow(() -> new LocalFailure("Data not decodeable as hex"));
        return known(now -> now.relay(fingerprint));
    }

    /** Reads 40 hexadecimal digits, perhaps behind a dollar sign. */
    private static Optional<Fingerprint> fingerprint(String id) {
        String digits = id.startsWith("$") ? id.substring(1) : id;
        return digits.matches("[0-9A-Fa-f]{40}")
                ? Optional.of(Fingerprint.of(HexFormat.of().parseHex(digits)))
                : Optional.empty();
    }

    private Optional<String> consensus(String what) {
        Optional<ConsensusHeader> header = view.get().map(now -> now.consensus().header());
        if (header.isEmpty()) {
            return Optional.of("");
        }
        DocumentTimes times = header.get().times();
        return switch (what) {
            case "valid-after" -> time(times.validAfter());
            case "fresh-until" -> time(times.freshUntil());
            case "valid-until" -> time(times.validUntil());
            case "packages" -> Optional.of(String.join("\n", header.get().packages()));
            default -> Optional.empty();
        };
    }

    private static Optional<String> time(Instant time) {
        return Optional.of(ControlTime.seconds(time));
    }

    private String random(Function<ConsensusHeader, Optional<SharedRandomValue>> which) {
        return view.get()
                .flatMap(now -> which.apply(now.consensus().header()))
                .map(random -> Base64.getEncoder().encodeToString(random.value().bytes()))
                .orElse("");
    }

    /** Tells what a new consensus says of every relay, and of which it says something new. */
    public void consensusArrived(ConsensusFlavor flavor) {
        boolean isFollowed = flavor == ConsensusFlavor.NS || full.get().isEmpty();
        if (!isFollowed) {
            return;
        }
        Map<Fingerprint, String> now = entries();
        Map<Fingerprint, String> before = told.getAndSet(now);
        if (events.wanted(ControlEvent.NEWCONSENSUS)) {
            events.document(ControlEvent.NEWCONSENSUS, "", String.join("\n", now.values()) + "\n");
        }
        if (events.wanted(ControlEvent.NS)) {
            List<String> changed = now.entrySet().stream()
                    .filter(each -> !each.getValue().equals(before.get(each.getKey())))
                    .map(Map.Entry::getValue)
                    .toList();
            if (!changed.isEmpty()) {
                events.document(ControlEvent.NS, "", String.join("\n", changed) + "\n");
            }
        }
    }
}
