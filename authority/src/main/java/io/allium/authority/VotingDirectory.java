package io.allium.authority;

import io.allium.base.Time;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Slice;
import io.allium.relay.DirectoryHandler;
import io.allium.relay.DirectoryQuery;
import io.allium.relay.DirectoryReply;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Takes the votes and signatures of other authorities, and serves what authorities exchange: votes, the consensus in the
 * making, detached signatures, key certificates.
 *
 * @spec dir-spec 3.4
 * @spec dir-spec 3.10
 */
final class VotingDirectory implements DirectoryHandler {
    /** As in C tor: soon there is a new one. */
    private static final Duration VOTE_LIFETIME = Duration.ofMinutes(1);

    /** As in C tor: the file changes every hour. */
    private static final Duration BANDWIDTH_LIFETIME = Duration.ofMinutes(30);

    private final Time time;
    private final Ballots ballots;
    private final Drafts drafts;
    private final Certificates certificates;
    private final Published published;
    private final Fingerprint identity;

    VotingDirectory(
            Time time,
            Ballots ballots,
            Drafts drafts,
            Certificates certificates,
            Published published,
            Fingerprint identity) {
        this.time = time;
        this.ballots = ballots;
        this.drafts = drafts;
        this.certificates = certificates;
        this.published = published;
        this.identity = identity;
    }

    @Override
    public Optional<DirectoryReply> answer(DirectoryQuery query) {
        return switch (query.method()) {
            case POST -> post(query);
            case GET ->
                query.after("/tor/status-vote/next/")
                        .flatMap(this::next)
                        .or(() -> query.after("/tor/status-vote/current/").flatMap(this::current))
                        .or(() -> query.after("/tor/keys/").flatMap(which -> keys(which, query)));
        };
    }

    private Optional<DirectoryReply> post(DirectoryQuery query) {
        String from = query.asker().address().map(Object::toString).orElse("an unknown address");
        return switch (query.path()) {
            case "/tor/post/vote" -> Optional.of(ballots.receive(query.body(), Ballots.Way.POSTED, from, time.now()));
            case "/tor/post/consensus-signature" -> Optional.of(drafts.receive(query.body(), from, time.now()));
            default -> Optional.empty();
        };
    }

    private Optional<DirectoryReply> next(String which) {
        return switch (which) {
            case "consensus" -> Optional.of(draft(ConsensusFlavor.NS)); // C tor, too, has that one only
            case "consensus-signatures" ->
                Optional.of(drafts.detached().map(VotingDirectory::passing).orElseGet(DirectoryReply::notFound));
            case "bandwidth" -> Optional.of(bandwidth(published.nextBandwidths()));
            default -> Optional.of(votes(which, ballots::pending));
        };
    }

    private Optional<DirectoryReply> current(String which) {
        if (which.startsWith("consensus")) {
            return Optional.empty(); // the relay's directory has the consensus, and its diffs
        }
        return Optional.of(
                which.equals("bandwidth") ? bandwidth(published.currentBandwidths()) : votes(which, ballots::previous));
    }

    private DirectoryReply draft(ConsensusFlavor flavor) {
        return drafts.text(flavor).map(VotingDirectory::passing).orElseGet(DirectoryReply::notFound);
    }

    private static DirectoryReply bandwidth(Optional<BandwidthFile> file) {
        return file.map(each -> DirectoryReply.made(each.content(), BANDWIDTH_LIFETIME))
                .orElseGet(DirectoryReply::notFound);
    }

    private DirectoryReply votes(String which, Function<Fingerprint, Optional<Slice>> ofAuthority) {
        Stream<Slice> votes;
        if (which.equals("authority")) {
            votes = ofAuthority.apply(identity).stream();
        } else if (which.startsWith("d/")) {
            votes = Documents.digests(which.substring(2)).stream()
                    .flatMap(digest -> ballots.withDigest(digest).stream());
        } else {
            votes = Documents.fingerprints(which).stream().flatMap(authority -> ofAuthority.apply(authority).stream());
        }
        List<Slice> documents = votes.toList();
        return documents.isEmpty()
                ? DirectoryReply.notFound()
                : DirectoryReply.of(DirectoryReply.Form.VOTES, documents, Optional.of(VOTE_LIFETIME));
    }

    /** Nothing where it makes no sense: the relay's directory says so. */
    private Optional<DirectoryReply> keys(String which, DirectoryQuery query) {
        if (!which.equals("all") && !which.equals("authority") && !which.matches("(fp|sk|fp-sk)/.*")) {
            return Optional.empty();
        }
        List<KeyCertificate> found = certificates.all().stream()
                .filter(certificate -> isAmong(certificate, which))
                .toList();
        return Optional.of(DirectoryReply.certificates(found, query.headers().time("If-Modified-Since")));
    }

    private boolean isAmong(KeyCertificate certificate, String which) {
        if (which.equals("all")) {
            return true;
        }
        if (which.equals("authority")) {
            return certificate.fingerprint().equals(identity);
        }
        int slash = which.indexOf('/');
        String names = which.substring(slash + 1);
        return switch (which.substring(0, Math.max(0, slash))) {
            case "fp" -> Documents.fingerprints(names).contains(certificate.fingerprint());
            case "sk" -> Documents.fingerprints(names).contains(certificate.signingKeyDigest());
            case "fp-sk" -> Documents.pairs(names).contains(Documents.pair(certificate));
            default -> false;
        };
    }

    private static DirectoryReply passing(byte[] document) {
        return DirectoryReply.made(document, VOTE_LIFETIME);
    }
}
