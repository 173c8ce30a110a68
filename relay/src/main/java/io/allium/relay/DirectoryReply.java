package io.allium.relay;

import io.allium.directory.ContentCoding;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Slice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A directory's answer, before its header is written and its body compressed.
 *
 * @param status of HTTP: 200, 304, 400, 404, 503
 * @param phrase follows the status: C tor's words, for its clients log them
 * @param form what the body is, by which it is compressed
 * @param body the documents, one after the other; their arrays are shared with others and not copied
 * @param lifetime how long the body stays fresh, for {@code Expires}; nothing writes {@code Pragma: no-cache}
 * @param modified for {@code If-Modified-Since}: asked for something newer, the server answers 304 instead
 * @param headers further header lines
 * @spec dir-spec 6
 */
public record DirectoryReply(
        int status,
        String phrase,
        Form form,
        List<Slice> body,
        Optional<Duration> lifetime,
        Optional<Instant> modified,
        List<Header> headers) {

    /** A header line. */
    public record Header(String name, String value) {}

    /** What a body is: in which codings C tor has it, the preferred ones first, and whether it tells its length. */
    @SuppressWarnings("ImmutableEnumChecker") // of the list: it is a copy that nobody can change
    public enum Form {
        /** There is none; the header is short. */
        NONE(Length.NEVER),
        /** A short text that is always plain. */
        PAGE(Length.ALWAYS),
        /** What is made for the one who asks. */
        MADE(Length.IF_PLAIN, ContentCoding.ZSTD, ContentCoding.DEFLATE, ContentCoding.GZIP),
        /** As many documents as somebody asked for. */
        DOCUMENTS(Length.NEVER, ContentCoding.ZSTD, ContentCoding.DEFLATE, ContentCoding.GZIP),
        /** Few documents that all ask for alike. */
        VOTES(Length.ALWAYS, ContentCoding.DEFLATE),
        CONSENSUS(Length.NEVER, ContentCoding.LZMA, ContentCoding.ZSTD, ContentCoding.DEFLATE),
        /** C tor has none deflated, and sends it plain to those who accept nothing else. */
        DIFF(Length.NEVER, ContentCoding.LZMA, ContentCoding.ZSTD, ContentCoding.GZIP, ContentCoding.DEFLATE);

        private enum Length {
            ALWAYS,
            IF_PLAIN,
            NEVER
        }

        private final Length length;
        private final List<ContentCoding> codings;

        Form(Length length, ContentCoding... codings) {
            this.length = length;
            this.codings = List.of(codings);
        }

        /**
         * How to compress for somebody who accepts these. A consensus is deflate for those who accept gzip alone: C tor
         * has no other, and who knows the one can read the other.
         */
        ContentCoding coding(Set<ContentCoding> accepted) {
            if (this == CONSENSUS && accepted.contains(ContentCoding.GZIP)) {
                return codings.stream().filter(accepted::contains).findFirst().orElse(ContentCoding.DEFLATE);
            }
            return codings.stream().filter(accepted::contains).findFirst().orElse(ContentCoding.IDENTITY);
        }

        /** Whether the documents stay the same for long, so that it pays to keep them compressed. */
        boolean isKept() {
            return this == VOTES || this == CONSENSUS || this == DIFF;
        }

        boolean tellsLength(ContentCoding coding) {
            return switch (length) {
                case ALWAYS -> true;
                case IF_PLAIN -> coding == ContentCoding.IDENTITY;
                case NEVER -> false;
            };
        }
    }

    /** As in C tor: any cache may keep what is named by its digest so long. */
    private static final Duration NAMED_LIFETIME = Duration.ofDays(2);

    /** As in C tor. */
    private static final Duration ALL_LIFETIME = Duration.ofHours(1);

    public DirectoryReply {
        body = List.copyOf(body);
        headers = List.copyOf(headers);
    }

    /** A body of that form. */
    public static DirectoryReply of(Form form, Collection<Slice> body, Optional<Duration> lifetime) {
        return new DirectoryReply(200, "OK", form, List.copyOf(body), lifetime, Optional.empty(), List.of());
    }

    /** A document made for the one who asks, that stays fresh for {@code lifetime}. */
    public static DirectoryReply made(byte[] body, Duration lifetime) {
        return of(Form.MADE, List.of(Slice.of(body)), Optional.of(lifetime));
    }

    /** Microdescriptors, or that there are none. */
    public static DirectoryReply microdescriptors(List<Slice> found) {
        return found.isEmpty() ? notFound() : of(Form.DOCUMENTS, found, Optional.of(NAMED_LIFETIME));
    }

    /**
     * Server descriptors or extra-infos, or that there are none.
     *
     * @param which all, authority, fp/… or d/…
     * @param asked how many were named
     * @param tunnelled whether the question came over BEGIN_DIR; C tor counts differently then
     */
    public static DirectoryReply descriptors(String which, int asked, List<Slice> found, boolean tunnelled) {
        boolean all = which.equals("all");
        boolean named = which.startsWith("fp/") || which.startsWith("d/");
        if (!all && !named && !which.equals("authority")) {
            return notFound();
        }
        if (found.isEmpty()) {
            return status(404, tunnelled && asked > 0 ? "Not found" : "Servers unavailable");
        }
        boolean one = (tunnelled && named ? asked : found.size()) == 1;
        return of(
                Form.DOCUMENTS,
                found,
                all ? Optional.of(ALL_LIFETIME) : one ? Optional.of(NAMED_LIFETIME) : Optional.empty());
    }

    /** Key certificates, or that there are none, or none since. */
    public static DirectoryReply certificates(List<KeyCertificate> found, Optional<Instant> since) {
        if (found.isEmpty()) {
            return notFound();
        }
        List<Slice> news = found.stream()
                .filter(each -> since.isEmpty() || !each.published().isBefore(since.get()))
                .map(KeyCertificate::source)
                .toList();
        return news.isEmpty() ? notModified() : of(Form.MADE, news, Optional.of(ALL_LIFETIME));
    }

    /** An answer without a body. */
    public static DirectoryReply status(int status, String phrase) {
        return new DirectoryReply(status, phrase, Form.NONE, List.of(), Optional.empty(), Optional.empty(), List.of());
    }

    public static DirectoryReply notFound() {
        return status(404, "Not found");
    }

    public static DirectoryReply notModified() {
        return status(304, "Not modified");
    }

    /** The same, last changed then. */
    public DirectoryReply modifiedAt(Instant then) {
        return new DirectoryReply(status, phrase, form, body, lifetime, Optional.of(then), headers);
    }

    /** The same with one more header line. */
    public DirectoryReply with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new DirectoryReply(status, phrase, form, body, lifetime, modified, more);
    }

    /** How many bytes the body has, before it is compressed. */
    long length() {
        return body.stream().mapToLong(Slice::length).sum();
    }

    /** A copy of the whole body. */
    public byte[] bytes() {
        return Slice.join(body);
    }
}
