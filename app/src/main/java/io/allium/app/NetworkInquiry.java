package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Network;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.directory.DirectoryAuthority;
import io.allium.directory.DirectoryRequest;
import io.allium.directory.DocumentFetcher;
import io.allium.directory.HttpFetcher;
import io.allium.netdoc.AuthoritySignatures;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Unverified;
import io.allium.netdoc.Vote;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Asks the authorities of a network, all at once, each on a task of its own. Confined to its user. */
final class NetworkInquiry {
    /** For one document: a vote of the public network has some megabytes. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Time time;
    private final Entropy entropy;
    private final Network network;
    private final Disk disk;
    private final Tasks tasks;

    NetworkInquiry(Time time, Entropy entropy, Network network, Disk disk, Tasks tasks) {
        this.time = time;
        this.entropy = entropy;
        this.network = network;
        this.disk = disk;
        this.tasks = tasks;
    }

    /**
     * How the network of this folder is.
     *
     * @throws LocalFailure where the folder names no authorities
     */
    NetworkStatus ask(Path folder) throws LocalFailure, InterruptedException {
        List<DirectoryAuthority> authorities = authorities(folder);
        Map<Fingerprint, String> relays = relays(folder);
        List<CompletableFuture<Documents>> asked = new ArrayList<>();
        List<Documents> documents = new ArrayList<>();
        try (TaskGroup asking = new TaskGroup(tasks, "network status")) {
            for (DirectoryAuthority authority : authorities) {
                CompletableFuture<Documents> answer = new CompletableFuture<>();
                asked.add(answer);
                asking.fork(authority.nickname(), () -> ask(authority, answer));
            }
            for (CompletableFuture<Documents> each : asked) {
                documents.add(each.get());
            }
        } catch (ExecutionException bug) {
            throw new LocalFailure("the authorities could not be asked: " + bug.getCause(), bug);
        }
        List<KeyCertificate> certificates =
                documents.stream().flatMap(each -> each.certificates.stream()).toList();
        List<Fingerprint> identities =
                authorities.stream().map(NetworkInquiry::identity).toList();
        Instant now = time.now();
        AuthoritySignatures signatures = new AuthoritySignatures(identities, certificates, now);
        return new NetworkStatus(
                folder,
                now,
                documents.stream().map(each -> each.answer(signatures)).toList(),
                relays);
    }

    /** Never those of the public network, which a file without any would stand for. */
    private List<DirectoryAuthority> authorities(Path folder) throws LocalFailure {
        Path file = folder.resolve(NetworkTorrc.COMMON);
        List<ConfigLine> lines = Torrc.read(disk, file)
                .orElseThrow(() -> new LocalFailure(
                        "there is no " + file + ": is this the folder of a network that 'allium network init' wrote?"));
        Options options = Options.DEFAULTS.with(lines, warning -> {});
        List<DirectoryAuthority> authorities = options.lines("DirAuthority").isEmpty()
                ? List.of()
                : ClientConfiguration.authorities(options).stream()
                        .filter(each -> each.v3Ident().isPresent() && !each.bridge())
                        .toList();
        if (authorities.isEmpty()) {
            throw new LocalFailure(file + " names no authority that votes");
        }
        if (authorities.size() > NetworkPlan.AUTHORITIES_MAX) {
            throw new LocalFailure(file + " names more than " + NetworkPlan.AUTHORITIES_MAX + " authorities");
        }
        return authorities;
    }

    /** Those whose folders are here and who have run, or have keys at least; bridges publish themselves to nobody. */
    private Map<Fingerprint, String> relays(Path folder) throws LocalFailure {
        Map<Fingerprint, String> relays = new LinkedHashMap<>();
        for (Path each : disk.list(folder)) {
            Optional<String> torrc = text(each.resolve("torrc"));
            Optional<String> fingerprint = text(each.resolve("fingerprint"));
            if (torrc.isPresent() && fingerprint.isPresent() && !torrc.get().contains("\nBridgeRelay 1")) {
                String line = fingerprint.get().strip();
                try {
                    relays.put(Fingerprint.parse(line.substring(line.indexOf(' ') + 1)), "" + each.getFileName());
                } catch (Untrusted damaged) {
                    throw new LocalFailure(each + "/fingerprint: " + damaged.getMessage(), damaged);
                }
            }
        }
        return relays;
    }

    /** Nothing where there is no such file, or it lies in no folder or in one that is closed to us. */
    private Optional<String> text(Path file) {
        try {
            return disk.read(file).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        } catch (LocalFailure closed) {
            return Optional.empty();
        }
    }

    private void ask(DirectoryAuthority authority, CompletableFuture<Documents> answer) throws InterruptedException {
        Documents documents = new Documents(authority);
        try {
            documents.fetch();
            answer.complete(documents);
        } finally {
            answer.completeExceptionally(new IllegalStateException("asking " + authority.nickname() + " ended early"));
        }
    }

    private static Fingerprint identity(DirectoryAuthority authority) {
        return authority.v3Ident().orElseThrow();
    }

    /** What one authority sent. Confined to the task that asks it, and then to whoever asked. */
    private final class Documents {
        private final DirectoryAuthority authority;
        private final HttpFetcher http;
        private final List<String> troubles = new ArrayList<>();
        private final List<KeyCertificate> certificates = new ArrayList<>();
        private final Map<ConsensusFlavor, Consensus> consensuses = new EnumMap<>(ConsensusFlavor.class);
        private @Nullable String silence;
        private @Nullable Duration ahead;
        private @Nullable Vote vote;

        Documents(DirectoryAuthority authority) {
            this.authority = authority;
            this.http = new HttpFetcher(time, entropy, network::dial, List.of(authority), PATIENCE);
        }

        /** One document after the other; who does not answer to the first is asked no more. */
        void fetch() throws InterruptedException {
            try {
                DocumentFetcher.Answer keys = get(new DirectoryRequest.ByPath("/tor/keys/all"));
                Instant now = time.now();
                ahead = keys.date().map(date -> Duration.between(now, date)).orElse(null);
                readCertificates(keys.document());
            } catch (TorException silent) {
                silence = silent.getMessage();
                return;
            }
            read("vote", new DirectoryRequest.ByPath("/tor/status-vote/current/authority"), this::readVote);
            for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
                read(
                        "consensus (" + flavor.text() + ")",
                        new DirectoryRequest.ConsensusDocument(flavor, List.of(), Optional.empty(), Optional.empty()),
                        document -> consensuses.put(
                                flavor, Consensus.parse(document).claimed())); // whose signatures count is told
            }
        }

        private DocumentFetcher.Answer get(DirectoryRequest request) throws TorException, InterruptedException {
            return http.fetch(request, DocumentFetcher.Origin.AUTHORITY);
        }

        private interface Reading {
            void read(byte[] document) throws Untrusted;
        }

        private void read(String what, DirectoryRequest request, Reading reading) throws InterruptedException {
            try {
                reading.read(get(request).document());
            } catch (Unreachable missing) {
                troubles.add("has no " + what + " to show: " + missing.getMessage());
            } catch (TorException wrong) {
                troubles.add("sent a " + what + " that is no good: " + wrong.getMessage());
            }
        }

        private void readCertificates(byte[] document) {
            for (Unverified<KeyCertificate> each :
                    KeyCertificate.parseAll(document).documents()) {
                try {
                    certificates.add(each.verify(KeyCertificate::selfSigned));
                } catch (Untrusted forged) {
                    troubles.add("sent a certificate that is no good: " + forged.getMessage());
                }
            }
            if (certificate().isEmpty()) {
                troubles.add("has no certificate of " + identity(authority)
                        + ", the identity that its DirAuthority line gives");
            }
        }

        private void readVote(byte[] document) throws Untrusted {
            Vote read = Vote.parse(document).verify(Vote.signedAt(time.now()));
            if (!read.authority().equals(identity(authority))) {
                throw new Untrusted("it is by " + read.authority());
            }
            certificates.add(read.body().certificate());
            vote = read;
        }

        private Optional<KeyCertificate> certificate() {
            return certificates.stream()
                    .filter(each -> each.fingerprint().equals(identity(authority)))
                    .max(Comparator.comparing(KeyCertificate::published));
        }

        AuthorityAnswer answer(AuthoritySignatures signatures) {
            if (silence != null) {
                return AuthorityAnswer.silent(authority.nickname(), identity(authority), authority.dirPort(), silence);
            }
            Map<ConsensusFlavor, AuthorityAnswer.Served> served = new EnumMap<>(ConsensusFlavor.class);
            consensuses.forEach((flavor, consensus) -> served.put(
                    flavor,
                    new AuthorityAnswer.Served(
                            consensus,
                            consensus.sha1().hex(),
                            signatures.tally(consensus).good())));
            return new AuthorityAnswer(
                    authority.nickname(),
                    identity(authority),
                    authority.dirPort(),
                    Optional.empty(),
                    Optional.ofNullable(ahead),
                    certificate(),
                    Optional.ofNullable(vote),
                    served,
                    troubles);
        }
    }
}
