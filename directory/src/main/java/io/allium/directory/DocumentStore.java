package io.allium.directory;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Untrusted;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.DocumentList;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Timestamps;
import io.allium.netdoc.Unverified;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The documents on disk, in the files and formats of C tor: each can read what the other wrote. What cannot be read is
 * set aside with a warning, and fetched anew. Guarded by {@code lock}.
 */
public final class DocumentStore {
    /** How long a microdescriptor is kept that no consensus mentions: as in C tor. */
    static final Duration UNLISTED_KEPT = Duration.ofDays(7);

    /** A journal is merged into its file once it has this many bytes: as in C tor. */
    static final int JOURNAL_MAX = 16 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Disk disk;
    private final Path folder;
    private final Log log;
    private long journalled;

    /** @param folder C tor's cache directory */
    public DocumentStore(Disk disk, Path folder, Log log) {
        this.disk = disk;
        this.folder = folder;
        this.log = log;
    }

    /** The consensus that was trusted last. */
    public Optional<byte[]> consensus(ConsensusFlavor flavor) {
        return read(consensusFile("cached-", flavor));
    }

    public void saveConsensus(ConsensusFlavor flavor, byte[] document) throws LocalFailure {
        disk.write(consensusFile("cached-", flavor), document);
        disk.delete(consensusFile("unverified-", flavor));
    }

    /** A consensus that waits for certificates. */
    public Optional<byte[]> unverifiedConsensus(ConsensusFlavor flavor) {
        return read(consensusFile("unverified-", flavor));
    }

    public void saveUnverifiedConsensus(ConsensusFlavor flavor, byte[] document) throws LocalFailure {
        disk.write(consensusFile("unverified-", flavor), document);
    }

    /** The consensus on disk is of no use: keeps it out of the way, for whoever wants to know why. */
    void setConsensusAside(ConsensusFlavor flavor, boolean verified, String why) {
        setAside(consensusFile(verified ? "cached-" : "unverified-", flavor), why);
    }

    private Path consensusFile(String prefix, ConsensusFlavor flavor) {
        return folder.resolve(prefix + (flavor == ConsensusFlavor.NS ? "consensus" : flavor.text() + "-consensus"));
    }

    /** The certificates of authorities, checked. */
    public List<KeyCertificate> certificates() {
        Path file = folder.resolve(CERTIFICATES);
        Optional<byte[]> content = read(file);
        if (content.isEmpty()) {
            return List.of();
        }
        DocumentList<Unverified<KeyCertificate>> read = KeyCertificate.parseAll(content.get());
        List<KeyCertificate> good = new ArrayList<>();
        List<Untrusted> refused = new ArrayList<>(read.refused());
        for (Unverified<KeyCertificate> each : read.documents()) {
            try {
                good.add(each.verify(KeyCertificate::selfSigned));
            } catch (Untrusted bad) {
                refused.add(bad);
            }
        }
        warnOfRefused(file, refused);
        return good;
    }

    public void saveCertificates(Collection<KeyCertificate> certificates) throws LocalFailure {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        certificates.forEach(each -> out.writeBytes(each.source().bytes()));
        disk.write(folder.resolve(CERTIFICATES), out.toByteArray());
    }

    /** All microdescriptors, those of the journal included, by digest. */
    public Map<Sha256Digest, Microdescriptor> microdescriptors() {
        lock.lock();
        try {
            Map<Sha256Digest, Microdescriptor> all = new LinkedHashMap<>();
            for (String name : List.of(MICRODESCRIPTORS, MICRODESCRIPTORS + JOURNAL)) {
                Path file = folder.resolve(name);
                Optional<byte[]> content = read(file);
                if (content.isPresent()) {
                    DocumentList<Microdescriptor> read = Microdescriptor.parseAll(content.get());
                    read.documents().forEach(each -> all.put(each.digest(), each));
                    warnOfRefused(file, read.refused());
                    journalled = content.get().length;
                } else {
                    journalled = 0;
                }
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Adds microdescriptors, with their source, to the journal. */
    public void addMicrodescriptors(Collection<Microdescriptor> added, Instant listed) throws LocalFailure {
        byte[] text = annotated(added, each -> true, listed);
        lock.lock();
        try {
            disk.append(folder.resolve(MICRODESCRIPTORS + JOURNAL), text);
            journalled += text.length;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the journal is long enough for {@link #mergeMicrodescriptors} to be worth while. */
    public boolean isJournalLong() {
        lock.lock();
        try {
            return journalled > JOURNAL_MAX;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Merges the journal into its file, leaving out what has not been listed for long.
     *
     * @param listed whether the consensus of {@code now} mentions it
     */
    public void mergeMicrodescriptors(Predicate<Sha256Digest> listed, Instant now) throws LocalFailure {
        lock.lock();
        try {
            Collection<Microdescriptor> all = microdescriptors().values();
            Instant oldest = now.minus(UNLISTED_KEPT);
            List<Microdescriptor> kept = all.stream()
                    .filter(each -> listed.test(each.digest())
                            || each.lastListed().map(oldest::isBefore).orElse(false))
                    .toList();
            disk.write(folder.resolve(MICRODESCRIPTORS), annotated(kept, each -> listed.test(each.digest()), now));
            disk.delete(folder.resolve(MICRODESCRIPTORS + JOURNAL));
            journalled = 0;
        } finally {
            lock.unlock();
        }
    }

    private static byte[] annotated(
            Collection<Microdescriptor> all, Predicate<Microdescriptor> listedNow, Instant now) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Microdescriptor each : all) {
            Optional<Instant> listed = listedNow.test(each) ? Optional.of(now) : each.lastListed();
            listed.ifPresent(time -> out.writeBytes(text("@last-listed " + Timestamps.text(time) + "\n")));
            out.writeBytes(each.source().bytes());
        }
        return out.toByteArray();
    }

    /** A file of the cache as it is, for documents that only directory caches keep. */
    public Optional<byte[]> file(String name) {
        return read(folder.resolve(name));
    }

    /** Writes a file of the cache. */
    public void saveFile(String name, byte[] content) throws LocalFailure {
        disk.write(folder.resolve(name), content);
    }

    private Optional<byte[]> read(Path file) {
        try {
            return disk.read(file);
        } catch (LocalFailure unreadable) {
            log.warn(Domain.FS, "The cache cannot be used: " + unreadable.getMessage());
            return Optional.empty();
        }
    }

    /** The documents that are left are used; the file as it was is kept aside. */
    private void warnOfRefused(Path file, List<Untrusted> refused) {
        if (!refused.isEmpty()) {
            Path aside = aside(file);
            log.warn(
                    Domain.FS,
                    file + " holds " + refused.size() + " documents that cannot be read, a copy is kept as " + aside
                            + ": " + refused.getFirst().getMessage());
            copy(file, aside);
        }
    }

    private void copy(Path file, Path aside) {
        try {
            Optional<byte[]> content = disk.read(file);
            if (content.isPresent()) {
                disk.write(aside, content.get());
            }
        } catch (LocalFailure failed) {
            log.warn(Domain.FS, failed.getMessage());
        }
    }

    private void setAside(Path file, String why) {
        try {
            disk.move(file, aside(file));
            log.warn(Domain.FS, file + " is set aside and fetched anew: " + why);
        } catch (LocalFailure failed) {
            log.warn(Domain.FS, failed.getMessage());
        }
    }

    private static Path aside(Path file) {
        return file.resolveSibling(file.getFileName() + ".broken");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static final String CERTIFICATES = "cached-certs";
    private static final String MICRODESCRIPTORS = "cached-microdescs";
    private static final String JOURNAL = ".new";
}
