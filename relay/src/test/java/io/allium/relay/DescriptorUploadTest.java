package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.ThreadTasks;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.directory.DirectoryAuthority;
import io.allium.directory.HttpMessage;
import io.allium.netdoc.Sha1Digest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DescriptorUploadTest {
    private static final Sha1Digest DIGEST = Sha1Digest.of(new byte[20]);

    private final BlockingQueue<String> posted = new LinkedBlockingQueue<>();
    private final BlockingQueue<Duration> slept = new LinkedBlockingQueue<>();
    private final BlockingQueue<HttpMessage.Response> answers = new LinkedBlockingQueue<>();

    @Test
    void bothDocumentsGoToTheAuthorityOnceEach() throws Exception {
        try (DescriptorUpload upload = upload()) {
            answers.add(HttpMessage.Response.of(200, "OK"));
            answers.add(HttpMessage.Response.of(200, "OK"));
            SelfDescriptor.Documents first = documents("one");
            upload.publish(first);
            assertThat(nextPost()).isEqualTo("/tor/ one and more");
            upload.publish(first);
            upload.publish(documents("two"));
            assertThat(nextPost()).isEqualTo("/tor/ two and more");
        }
    }

    @Test
    void anAuthorityThatCannotTakeItNowIsAskedAgainLessAndLessOften() throws Exception {
        try (DescriptorUpload upload = upload()) {
            answers.add(HttpMessage.Response.of(503, "Directory busy, try again later"));
            answers.add(HttpMessage.Response.of(503, "Directory busy, try again later"));
            answers.add(HttpMessage.Response.of(200, "OK"));
            upload.publish(documents("one"));
            nextPost();
            assertThat(slept.poll(1, TimeUnit.MINUTES)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(20));
            nextPost();
            assertThat(slept.poll(1, TimeUnit.MINUTES)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(40));
            nextPost();
        }
    }

    @Test
    void whatTheAuthorityFindsWrongIsNotOfferedAgain() throws Exception {
        try (DescriptorUpload upload = upload()) {
            answers.add(HttpMessage.Response.of(400, "Bad nickname"));
            answers.add(HttpMessage.Response.of(200, "OK"));
            upload.publish(documents("one"));
            nextPost();
            upload.publish(documents("two"));
            assertThat(nextPost()).isEqualTo("/tor/ two and more");
            assertThat(slept).isEmpty();
        }
    }

    private String nextPost() throws InterruptedException {
        String post = posted.poll(1, TimeUnit.MINUTES);
        if (post == null) {
            throw new AssertionError("nothing was posted");
        }
        return post;
    }

    private DescriptorUpload upload() throws Exception {
        DirectoryAuthority authority = DirectoryAuthority.parse("auth orport=9001 127.0.0.1:9030 " + "A".repeat(40));
        return new DescriptorUpload(
                new NoWaiting(),
                new SystemEntropy(),
                new ThreadTasks(Log.NONE, 1),
                Log.NONE,
                (_, request) -> {
                    posted.add(request.target() + " " + new String(request.body(), StandardCharsets.US_ASCII));
                    HttpMessage.Response answer = answers.poll();
                    if (answer == null) {
                        throw new Unreachable("no answer");
                    }
                    return answer;
                },
                List.of(authority),
                RelayEvents.NONE);
    }

    private static SelfDescriptor.Documents documents(String text) {
        return new SelfDescriptor.Documents(
                text.getBytes(StandardCharsets.US_ASCII),
                " and more".getBytes(StandardCharsets.US_ASCII),
                DIGEST,
                DIGEST,
                Instant.EPOCH,
                0);
    }

    /** Notes how long somebody wanted to sleep. */
    private final class NoWaiting implements Time {
        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public Timer after(Duration delay, Runnable action) {
            return () -> {};
        }

        @Override
        public void sleep(Duration duration) {
            slept.add(duration);
        }
    }
}
