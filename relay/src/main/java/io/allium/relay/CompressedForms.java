package io.allium.relay;

import io.allium.base.Tasks;
import io.allium.directory.ContentCoding;
import io.allium.netdoc.Slice;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Documents that many ask for, compressed once for all of them; whoever asks meanwhile waits for the same work. Guarded
 * by {@code lock}.
 */
final class CompressedForms {
    /** Both consensuses of the public network in three codings and a hundred diffs are 20 MB, with their texts 30 MB. */
    static final int BYTES_MAX = 64 << 20;

    /** A document is known by where it lies, as reading it all would take about as long as compressing it. */
    private record Key(byte[] array, int offset, int length, ContentCoding coding) {
        @Override
        @SuppressWarnings("ReferenceEquality") // this very array
        public boolean equals(Object other) {
            return other instanceof Key that
                    && array == that.array
                    && offset == that.offset
                    && length == that.length
                    && coding == that.coding;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(array) * 31 + offset * 7 + coding.hashCode();
        }
    }

    /** Guarded by the lock of its owner. */
    private static final class Form {
        final CompletableFuture<byte[]> bytes;
        long counted;

        Form(CompletableFuture<byte[]> bytes, long counted) {
            this.bytes = bytes;
            this.counted = counted;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Tasks tasks;
    private final int bytesMax;
    private final Map<Key, Form> forms = new LinkedHashMap<>(16, 0.75f, true); // the least recently used first
    private long bytes;

    CompressedForms(Tasks tasks, int bytesMax) {
        this.tasks = tasks;
        this.bytesMax = bytesMax;
    }

    byte[] get(Slice document, ContentCoding coding) throws InterruptedException {
        if (coding == ContentCoding.IDENTITY) {
            throw new IllegalArgumentException("a plain document has no compressed form");
        }
        Key key = new Key(document.array(), document.offset(), document.length(), coding);
        Form form;
        lock.lock();
        try {
            form = forms.get(key);
            if (form == null) {
                form = new Form(tasks.compute("compress", () -> coding.encode(document)), 0);
                forms.put(key, form);
                count(form, key.length); // the text too: it may be kept by nobody else any more
                Form made = form;
                made.bytes.whenComplete((coded, failed) -> done(key, made, failed == null ? coded.length : -1));
            }
        } finally {
            lock.unlock();
        }
        try {
            return form.bytes.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("compressing", failed.getCause());
        }
    }

    @SuppressWarnings("ReferenceEquality") // this very form, not a later one of the same document
    private void done(Key key, Form form, int length) {
        lock.lock();
        try {
            if (forms.get(key) != form) {
                return;
            }
            if (length < 0) {
                forms.remove(key);
                bytes -= form.counted;
            } else {
                count(form, length);
            }
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("ReferenceEquality") // this very form
    private void count(Form latest, long more) {
        latest.counted += more;
        bytes += more;
        Iterator<Form> oldest = forms.values().iterator();
        while (bytes > bytesMax && oldest.hasNext()) {
            Form each = oldest.next();
            if (each != latest) {
                bytes -= each.counted;
                oldest.remove(); // whoever waits for it still gets it
            }
        }
    }

    /** How many there are. */
    int count() {
        lock.lock();
        try {
            return forms.size();
        } finally {
            lock.unlock();
        }
    }
}
