package io.allium.directory;

import io.allium.base.LocalFailure;
import io.allium.base.ProtocolViolation;
import io.allium.base.TorException;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlPart;
import io.allium.control.ControlText;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Slice;
import java.lang.ref.SoftReference;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The documents of the directory themselves: consensuses and microdescriptors. The texts of microdescriptors lie on the
 * disk; those that were read are kept while there is memory for them, for who asks for one after the other. Guarded by
 * {@code lock}.
 *
 * @spec control-spec 3.9
 */
public final class DocumentControl implements ControlPart {
    private final ReentrantLock lock = new ReentrantLock();
    private final Supplier<Optional<DirectoryClient>> directory;
    private SoftReference<Map<Sha256Digest, Slice>> texts = new SoftReference<>(Map.of());

    /** @param directory nothing while the network is disabled */
    public DocumentControl(Supplier<Optional<DirectoryClient>> directory) {
        this.directory = directory;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key(
                        "dir/status-vote/current/consensus",
                        "The consensus of all descriptors, where we follow it.",
                        () -> consensus(ConsensusFlavor.NS))
                .key(
                        "dir/status-vote/current/consensus-microdesc",
                        "The consensus of microdescriptors.",
                        () -> consensus(ConsensusFlavor.MICRODESC))
                .prefix("dir/status/", "Nothing: a directory of long ago.", _ -> Optional.of(""))
                .key("md/all", "The microdescriptors of all relays.", this::all)
                .prefix("md/id/", "That of the relay with this fingerprint.", this::ofFingerprint)
                .prefix("md/name/", "That of the relay with this name.", this::ofName)
                .key("md/download-enabled", "Whether we download microdescriptors.", () -> "1")
                .key("network-status", "Nothing: a directory of long ago.", () -> {
                    throw new ProtocolViolation("Unrecognized key \"network-status\"");
                });
    }

    private String consensus(ConsensusFlavor flavor) throws LocalFailure {
        return directory
                .get()
                .flatMap(now -> now.consensus(flavor))
                .map(document -> ControlText.of(document.source().bytes()))
                .orElseThrow(() -> new LocalFailure(
                        "Could not open cached consensus. Make sure FetchUselessDescriptors is set to 1."));
    }

    private Optional<NetworkView> view() {
        return directory.get().flatMap(DirectoryClient::view);
    }

    private String all() throws TorException, InterruptedException {
        Set<Sha256Digest> wanted = new LinkedHashSet<>();
        view().ifPresent(now -> now.relays().forEach(relay -> digest(relay).ifPresent(wanted::add)));
        Map<Sha256Digest, Slice> read = read(wanted);
        StringBuilder text = new StringBuilder();
        for (Sha256Digest digest : wanted) {
            Slice one = read.get(digest);
            text.append(one == null ? "" : one.text());
        }
        return text.toString();
    }

    private Optional<String> ofFingerprint(String id) throws TorException, InterruptedException {
        boolean isOne = id.matches("\\$?[0-9A-Fa-f]{40}");
        return isOne ? ofName(id) : Optional.empty();
    }

    private Optional<String> ofName(String name) throws TorException, InterruptedException {
        Optional<Sha256Digest> digest = view().flatMap(now -> now.called(name)).flatMap(DocumentControl::digest);
        return digest.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(read(Set.of(digest.get())).get(digest.get()))
                        .map(Slice::text);
    }

    /** By which the consensus names its microdescriptor, where we have it. */
    private static Optional<Sha256Digest> digest(Relay relay) {
        return relay.isUsable() ? relay.status().microdescriptor() : Optional.empty();
    }

    /** Those of the relays, read again where one is wanted that was not there the last time. */
    private Map<Sha256Digest, Slice> read(Set<Sha256Digest> wanted) throws TorException, InterruptedException {
        lock.lockInterruptibly();
        try {
            Map<Sha256Digest, Slice> known = texts.get();
            if (known == null || !known.keySet().containsAll(wanted)) {
                Set<Sha256Digest> all = new LinkedHashSet<>(wanted);
                view().ifPresent(now ->
                        now.relays().forEach(relay -> digest(relay).ifPresent(all::add)));
                Optional<DirectoryClient> now = directory.get();
                known = now.isPresent() ? now.get().texts(all) : Map.of();
                texts = new SoftReference<>(known);
            }
            return known;
        } finally {
            lock.unlock();
        }
    }
}
