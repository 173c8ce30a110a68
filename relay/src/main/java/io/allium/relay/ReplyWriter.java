package io.allium.relay;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.directory.ContentCoding;
import io.allium.directory.HttpHeaders;
import io.allium.directory.HttpMessage;
import io.allium.netdoc.Slice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

/**
 * Writes answers, with the header lines that C tor writes and in its order. What many ask for is compressed once; what
 * is put together for one asker is compressed while it is sent, a piece at a time, so that no answer is in memory whole
 * but for the documents that it is made of. Immutable but for what is kept and who compresses.
 *
 * @spec dir-spec 6
 */
final class ReplyWriter {
    /** So much is compressed before it is sent. */
    private static final int PIECE = 64 * 1024;

    /** Each has some 3 MB to work in as long as the asker reads: 100 MB in all. Beyond that answers are plain. */
    static final int COMPRESSORS_MAX = 32;

    private final Time time;
    private final Tasks tasks;
    private final CompressedForms forms;
    private final Semaphore compressors = new Semaphore(COMPRESSORS_MAX);

    ReplyWriter(Time time, Tasks tasks) {
        this.time = time;
        this.tasks = tasks;
        this.forms = new CompressedForms(tasks, CompressedForms.BYTES_MAX);
    }

    /** @param accepted the codings that the asker can read */
    void write(ByteStream to, DirectoryReply reply, Set<ContentCoding> accepted, DirectoryQuery.Asker asker)
            throws IOException, InterruptedException {
        ContentCoding coding = reply.form().coding(accepted);
        if (coding == ContentCoding.IDENTITY) {
            writePlain(to, reply, asker);
        } else if (reply.form().isKept()) {
            List<Slice> compressed = new ArrayList<>();
            for (Slice document : reply.body()) {
                compressed.add(Slice.of(forms.get(document, coding)));
            }
            to.write(head(
                    reply, coding, compressed.stream().mapToLong(Slice::length).sum(), asker));
            writeAll(to, compressed);
        } else if (compressors.tryAcquire()) {
            try {
                to.write(head(reply, coding, 0, asker));
                writeCompressing(to, reply, coding);
            } finally {
                compressors.release();
            }
        } else {
            writePlain(to, reply, asker);
        }
    }

    private void writePlain(ByteStream to, DirectoryReply reply, DirectoryQuery.Asker asker) throws IOException {
        to.write(head(reply, ContentCoding.IDENTITY, reply.length(), asker));
        writeAll(to, reply.body());
    }

    private static void writeAll(ByteStream to, List<Slice> parts) throws IOException {
        for (Slice part : parts) {
            to.write(part.array(), part.offset(), part.length());
        }
    }

    private void writeCompressing(ByteStream to, DirectoryReply reply, ContentCoding coding)
            throws IOException, InterruptedException {
        ByteArrayOutputStream done = new ByteArrayOutputStream();
        OutputStream compressor = coding.encoding(done, (int) Math.min(Integer.MAX_VALUE, reply.length()));
        for (List<Slice> piece : pieces(reply.body())) {
            byte[] compressed = compute(() -> {
                for (Slice part : piece) {
                    compressor.write(part.array(), part.offset(), part.length());
                }
                return taken(done);
            });
            to.write(compressed);
        }
        to.write(compute(() -> {
            compressor.close();
            return taken(done);
        }));
    }

    private static List<List<Slice>> pieces(List<Slice> parts) {
        List<List<Slice>> pieces = new ArrayList<>();
        List<Slice> piece = new ArrayList<>();
        int length = 0;
        for (Slice part : parts) {
            piece.add(part);
            length += part.length();
            if (length >= PIECE) {
                pieces.add(piece);
                piece = new ArrayList<>();
                length = 0;
            }
        }
        pieces.add(piece);
        return pieces;
    }

    private static byte[] taken(ByteArrayOutputStream done) {
        byte[] all = done.toByteArray();
        done.reset();
        return all;
    }

    /** Compressing goes to the pool for heavy work, so that it does not hold up other tasks. */
    private byte[] compute(Callable<byte[]> work) throws InterruptedException {
        try {
            return tasks.compute("compress", work).get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("compressing", failed.getCause());
        }
    }

    /** The header lines in C tor's order. */
    private byte[] head(DirectoryReply reply, ContentCoding coding, long length, DirectoryQuery.Asker asker) {
        Instant now = time.now().truncatedTo(ChronoUnit.SECONDS);
        HttpHeaders headers = HttpHeaders.NONE.with("Date", now);
        if (reply.form() != DirectoryReply.Form.NONE) {
            headers = headers.with("Content-Type", "text/plain");
            Optional<String> seen =
                    asker.address().filter(ReplyWriter::isPublic).map(from -> Endpoint.text(from.address()));
            if (seen.isPresent()) {
                headers = headers.with("X-Your-Address-Is", seen.get());
            }
            headers = headers.with("Content-Encoding", coding.token());
            if (reply.form().tellsLength(coding)) {
                headers = headers.with("Content-Length", "" + length);
            }
            headers = reply.lifetime().isPresent()
                    ? headers.with("Expires", now.plus(reply.lifetime().get()))
                    : headers.with("Pragma", "no-cache");
        }
        for (DirectoryReply.Header more : reply.headers()) {
            headers = headers.with(more.name(), more.value());
        }
        return new HttpMessage.Response(reply.status(), reply.phrase(), headers, new byte[0]).encode();
    }

    /** An address near us is where a port was forwarded from, and would mislead whoever asked. */
    private static boolean isPublic(Endpoint from) {
        return !from.address().isLoopbackAddress()
                && !from.address().isSiteLocalAddress()
                && !from.address().isLinkLocalAddress();
    }
}
