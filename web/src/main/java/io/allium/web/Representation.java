package io.allium.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file as it is now, and which part of it, if any, answers a request: whoever has it already, or a part of it, need not
 * get that again. Immutable.
 *
 * @param tag the value of ETag
 * @param headers besides those that follow from the rest
 * @spec RFC 9110, 13 and 14
 */
record Representation(Content content, String tag, Instant modified, Headers headers) {
    private static final Pattern RANGE = Pattern.compile("bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))");

    /** First and last byte, both within. */
    private record Range(long first, long last) {}

    /** A tag that changes with the file and tells nothing of it. */
    static String tag(String name, long length, Instant modified) {
        byte[] told = (name + "\n" + length + "\n" + modified).getBytes(StandardCharsets.UTF_8);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(told);
            return '"'
                    + Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(digest)
                            .substring(0, 22)
                    + '"';
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }

    /** The response to a GET or HEAD, in the order of RFC 9110, 13.2.2. */
    Response answer(HttpRequest request) {
        if (!isStillAsKnown(request.headers())) {
            return Response.sentence(412, "It has changed.");
        }
        if (isAlreadyThere(request.headers())) {
            return new Response(304, described(), Content.NOTHING);
        }
        Optional<String> wanted = request.headers().first("Range").filter(range -> !request.isHead());
        if (wanted.isEmpty() || !ifRange(request.headers())) {
            return whole();
        }
        Matcher range = RANGE.matcher(wanted.get());
        if (!range.matches() || isBackward(range)) {
            return whole(); // several ranges, or a unit that we don't know, or no range: all of that may be passed over
        }
        Optional<Range> within = within(range);
        return within.map(this::part)
                .orElseGet(() -> new Response(
                        416, described().with("Content-Range", "bytes */" + content.length()), Content.NOTHING));
    }

    private Response whole() {
        return new Response(200, described(), content);
    }

    private Response part(Range range) {
        return new Response(
                206,
                described().with("Content-Range", "bytes " + range.first + "-" + range.last + "/" + content.length()),
                content.part(range.first, range.last - range.first + 1));
    }

    private Headers described() {
        return Headers.NONE
                .with("ETag", tag)
                .with("Last-Modified", Headers.text(modified))
                .with("Accept-Ranges", "bytes")
                .with(headers);
    }

    /** If-Match, or without it If-Unmodified-Since. */
    private boolean isStillAsKnown(Headers asked) {
        Optional<String> match = asked.first("If-Match");
        if (match.isPresent()) {
            return names(asked.all("If-Match"), false);
        }
        return asked.time("If-Unmodified-Since")
                .map(since -> !seconds().isAfter(since))
                .orElse(true);
    }

    /** If-None-Match, or without it If-Modified-Since. */
    private boolean isAlreadyThere(Headers asked) {
        if (asked.first("If-None-Match").isPresent()) {
            return names(asked.all("If-None-Match"), true);
        }
        return asked.time("If-Modified-Since")
                .map(since -> !seconds().isAfter(since))
                .orElse(false);
    }

    /** Whether the range is wanted of what is there now: If-Range. */
    private boolean ifRange(Headers asked) {
        Optional<String> known = asked.first("If-Range");
        return known.isEmpty()
                || known.get().equals(tag)
                || Headers.parseTime(known.get()).map(seconds()::equals).orElse(false);
    }

    private boolean names(List<String> lists, boolean weakly) {
        for (String list : lists) {
            for (String each : list.split(",")) {
                String named = each.strip();
                if (named.equals("*") || named.equals(tag) || weakly && named.equals("W/" + tag)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Headers tell no less than a second. */
    private Instant seconds() {
        return modified.truncatedTo(ChronoUnit.SECONDS);
    }

    private Optional<Range> within(Matcher asked) {
        long length = content.length();
        if (asked.group(3) != null) {
            long last = Math.min(length, Long.parseLong(asked.group(3)));
            return last == 0 ? Optional.empty() : Optional.of(new Range(length - last, length - 1));
        }
        long first = Long.parseLong(asked.group(1));
        long last = asked.group(2).isEmpty() ? length - 1 : Math.min(length - 1, Long.parseLong(asked.group(2)));
        return first >= length ? Optional.empty() : Optional.of(new Range(first, last));
    }

    private static boolean isBackward(Matcher asked) {
        return asked.group(1) != null
                && !asked.group(2).isEmpty()
                && Long.parseLong(asked.group(2)) < Long.parseLong(asked.group(1));
    }
}
