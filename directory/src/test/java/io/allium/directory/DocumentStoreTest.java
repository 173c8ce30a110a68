package io.allium.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.Sha256Digest;
import io.allium.testing.MemoryDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DocumentStoreTest {
    private static final Path CACHE = Path.of("/cache");

    private final MemoryDisk disk = new MemoryDisk();
    private final DocumentStore store = new DocumentStore(disk, CACHE, Log.NONE);

    @Test
    void whatIsSavedIsReadAgain() throws Exception {
        store.saveCertificates(Samples.certificates());
        store.saveConsensus(ConsensusFlavor.MICRODESC, Samples.bytes("consensus-microdesc"));
        store.addMicrodescriptors(Samples.microdescriptors(), Samples.NOW);

        DocumentStore other = new DocumentStore(disk, CACHE, Log.NONE);
        assertThat(other.certificates()).hasSize(3);
        assertThat(other.consensus(ConsensusFlavor.MICRODESC)).contains(Samples.bytes("consensus-microdesc"));
        assertThat(other.microdescriptors()).hasSize(7);
        assertThat(other.microdescriptors().values().iterator().next().lastListed())
                .contains(Samples.NOW);
    }

    @Test
    void filesAreNamedAndWrittenAsCTorDoes() throws Exception {
        store.saveConsensus(ConsensusFlavor.NS, new byte[0]);
        store.saveUnverifiedConsensus(ConsensusFlavor.MICRODESC, new byte[0]);
        store.addMicrodescriptors(Samples.microdescriptors(), Samples.NOW);

        assertThat(disk.files().keySet())
                .extracting(each -> each.getFileName().toString())
                .containsExactlyInAnyOrder(
                        "cached-consensus", "unverified-microdesc-consensus", "cached-microdescs.new");
        assertThat(text("cached-microdescs.new")).startsWith("@last-listed 2026-11-20 11:23:10\nonion-key\n");
    }

    @Test
    void mergingTheJournalLeavesOutWhatIsLongUnlisted() throws Exception {
        List<Microdescriptor> all = Samples.microdescriptors();
        Sha256Digest listed = all.getFirst().digest();
        store.addMicrodescriptors(all, Samples.NOW);

        store.mergeMicrodescriptors(listed::equals, Samples.NOW.plus(Duration.ofDays(8)));

        assertThat(store.microdescriptors().keySet()).containsExactly(listed);
        assertThat(disk.files()).doesNotContainKey(CACHE.resolve("cached-microdescs.new"));
        assertThat(text("cached-microdescs")).startsWith("@last-listed 2026-11-28 11:23:10\n");
    }

    @Test
    void aTruncatedFileGivesWhatIsWholeAndIsKeptAside() throws Exception {
        store.addMicrodescriptors(Samples.microdescriptors(), Samples.NOW);
        Path journal = CACHE.resolve("cached-microdescs.new");
        byte[] whole = disk.files().get(journal);
        disk.files().put(journal, Arrays.copyOf(whole, whole.length - 120));

        assertThat(store.microdescriptors()).hasSize(6);
        assertThat(disk.files()).containsKey(CACHE.resolve("cached-microdescs.new.broken"));
    }

    @Test
    void aGarbledFileIsNoReasonToFail() {
        disk.files().put(CACHE.resolve("cached-certs"), new byte[] {0, 1, 2, 3});
        disk.files().put(CACHE.resolve("cached-microdescs"), "nonsense".getBytes(StandardCharsets.US_ASCII));

        assertThat(store.certificates()).isEmpty();
        assertThat(store.microdescriptors()).isEmpty();
    }

    @Test
    void theJournalIsLongOnlyBeyondItsBound() throws Exception {
        assertThat(store.isJournalLong()).isFalse();
        int size = 0;
        while (size <= DocumentStore.JOURNAL_MAX) {
            assertThat(store.isJournalLong()).isFalse();
            store.addMicrodescriptors(Samples.microdescriptors(), Samples.NOW);
            size = disk.files().get(CACHE.resolve("cached-microdescs.new")).length;
        }
        assertThat(store.isJournalLong()).isTrue();
    }

    private String text(String name) {
        return new String(disk.files().get(CACHE.resolve(name)), StandardCharsets.US_ASCII);
    }
}
