package io.allium.authority;

import io.allium.base.Log;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.AuthoritySignatures;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.DetachedSignatures;
import io.allium.netdoc.DirectorySignature;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.Sha1Digest;
import io.allium.netdoc.Slice;
import io.allium.relay.DirectoryReply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The consensuses that we computed in this period, while the other authorities' signatures come in. Who is ahead of us
 * sends signatures for what we have not computed yet; those wait. Guarded by {@code lock}.
 *
 * @spec dir-spec 3.10
 */
final class Drafts {
    /** Documents that wait: a few of each authority. Anybody may send some, so further ones are dropped. */
    static final int QUEUE_MAX = 64;

    /** Signatures of a few dozen authorities on both flavours are a tenth of it, and anybody may send some. */
    static final int LENGTH_MAX = 256 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Fingerprint> authorities;
    private final Certificates certificates;
    private final Log log;
    private final Map<ConsensusFlavor, Draft> drafts = new EnumMap<>(ConsensusFlavor.class);
    private final List<Early> queue = new ArrayList<>();

    Drafts(Set<Fingerprint> authorities, Certificates certificates, Log log) {
        this.authorities = new TreeSet<>(authorities);
        this.certificates = certificates;
        this.log = log;
    }

    /** A document that came before we had computed what it signs. */
    private record Early(DetachedSignatures document, String from) {}

    /** Begins a period. */
    void open() {
        lock.lock();
        try {
            drafts.clear();
            queue.clear();
        } finally {
            lock.unlock();
        }
    }

    /** What we computed and signed; signatures that were early are added to it. */
    void put(List<Draft> computed, Instant now) {
        lock.lock();
        try {
            computed.forEach(draft -> drafts.put(draft.flavor(), draft));
            queue.forEach(early -> add(early.document, early.from, now));
            queue.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Takes signatures, and answers in C tor's words. */
    DirectoryReply receive(byte[] document, String from, Instant now) {
        if (document.length > LENGTH_MAX) {
            log.warn(Log.Domain.DIR, "Signatures from " + from + ": " + document.length + " bytes are too many");
            return DirectoryReply.status(400, "Couldn't parse detached signatures.");
        }
        DetachedSignatures signatures;
        try {
            signatures = DetachedSignatures.parse(document);
        } catch (Untrusted malformed) {
            log.warn(Log.Domain.DIR, malformed.in("Signatures from " + from).getMessage());
            return DirectoryReply.status(400, "Couldn't parse detached signatures.");
        }
        lock.lock();
        try {
            if (!drafts.isEmpty()) {
                return add(signatures, from, now);
            }
            if (queue.size() >= QUEUE_MAX) {
                return DirectoryReply.status(503, "Too many signatures are waiting");
            }
            queue.add(new Early(signatures, from));
            return DirectoryReply.status(200, "Signature queued");
        } finally {
            lock.unlock();
        }
    }

    /** All signatures that we have, for other authorities, if there are any. */
    Optional<byte[]> detached() {
        lock.lock();
        try {
            Draft ns = drafts.get(ConsensusFlavor.NS);
            Draft microdesc = drafts.get(ConsensusFlavor.MICRODESC);
            if (ns == null || microdesc == null || ns.signatures().isEmpty()) {
                return Optional.empty();
            }
            DocumentTimes times = ns.times();
            String flavor = ConsensusFlavor.MICRODESC.text();
            return Optional.of(new DetachedSignatures(
                            Sha1Digest.of(ns.digest()),
                            times.validAfter(),
                            times.freshUntil(),
                            times.validUntil(),
                            List.of(new DetachedSignatures.FlavorDigest(
                                    flavor, microdesc.algorithm(), Slice.of(microdesc.digest()))),
                            microdesc.signatures().values().stream()
                                    .map(each -> new DetachedSignatures.FlavorSignature(flavor, each))
                                    .toList(),
                            List.copyOf(ns.signatures().values()))
                    .bytes());
        } finally {
            lock.unlock();
        }
    }

    Optional<byte[]> text(ConsensusFlavor flavor) {
        lock.lock();
        try {
            return Optional.ofNullable(drafts.get(flavor)).map(Draft::text);
        } finally {
            lock.unlock();
        }
    }

    /** Whether some authority has not signed what we computed. */
    boolean needsSignatures() {
        lock.lock();
        try {
            return drafts.values().stream().anyMatch(draft -> draft.signers(authorities) < authorities.size());
        } finally {
            lock.unlock();
        }
    }

    /** The consensus, if more than half of all authorities signed it. */
    Optional<Draft> signedByMajority(ConsensusFlavor flavor) {
        lock.lock();
        try {
            return Optional.ofNullable(drafts.get(flavor))
                    .filter(draft -> draft.signers(authorities) > authorities.size() / 2);
        } finally {
            lock.unlock();
        }
    }

    private DirectoryReply add(DetachedSignatures signatures, String from, Instant now) {
        int added = 0;
        Optional<String> objection = Optional.empty();
        for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
            Draft draft = drafts.get(flavor);
            if (draft == null) {
                continue;
            }
            Optional<String> mismatch = mismatch(draft, signatures);
            if (mismatch.isPresent()) {
                log.warn(
                        Log.Domain.DIR,
                        "Signatures from " + from + " for another " + flavor.text() + " consensus than ours: "
                                + mismatch.get());
                objection = mismatch;
            } else {
                added += add(draft, signatures.of(flavor), from, now);
            }
        }
        if (added == 0 && objection.isPresent()) {
            return DirectoryReply.status(400, objection.get());
        }
        return DirectoryReply.status(200, added > 0 ? "Signatures added" : "Signatures ignored");
    }

    private static Optional<String> mismatch(Draft draft, DetachedSignatures signatures) {
        DocumentTimes times = draft.times();
        if (!times.validAfter().equals(signatures.validAfter())) {
            return Optional.of("Valid-After times do not match when adding detached signatures to consensus");
        }
        if (!times.freshUntil().equals(signatures.freshUntil())) {
            return Optional.of("Fresh-until times do not match when adding detached signatures to consensus");
        }
        if (!times.validUntil().equals(signatures.validUntil())) {
            return Optional.of("Valid-until times do not match when adding detached signatures to consensus");
        }
        Optional<Slice> digest = signatures.digest(draft.flavor());
        if (digest.isEmpty()) {
            return Optional.of("No digests for given consensus flavor");
        }
        return digest.get().equals(Slice.of(draft.digest())) ? Optional.empty() : Optional.of("Mismatched digest.");
    }

    /** Adds those that are new, of our draft's algorithm, and made by a voter's key. */
    private int add(Draft draft, List<DirectorySignature> signatures, String from, Instant now) {
        List<DirectorySignature> news = signatures.stream()
                .filter(signature -> signature.algorithm().equals(draft.algorithm())
                        && draft.isVoter(signature.identity())
                        && !draft.signatures().containsKey(signature.identity()))
                .toList();
        AuthoritySignatures.Tally tally =
                new AuthoritySignatures(authorities, certificates.valid(now), now).tally(draft.signed(), news);
        Draft signed = draft;
        for (DirectorySignature signature : news) {
            Fingerprint authority = signature.identity();
            boolean isGood = tally.good().contains(authority) || isOfStranger(draft, authority);
            if (isGood && !signed.signatures().containsKey(authority)) {
                signed = signed.with(signature);
                log.info(
                        Log.Domain.DIR,
                        "Added the signature of " + authority.hex() + " on the "
                                + draft.flavor().text() + " consensus, from " + from);
            }
        }
        drafts.put(draft.flavor(), signed);
        return tally.good().size();
    }

    /**
     * A voter's former identity is known to those for whom it signs, and seldom to us: like C tor we hand such a signature
     * on without looking, and it counts for nothing here.
     */
    private boolean isOfStranger(Draft draft, Fingerprint identity) {
        return draft.isLegacy(identity) && !authorities.contains(identity);
    }
}
