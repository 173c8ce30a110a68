package io.allium.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.SystemEntropy;
import io.allium.base.Tasks;
import io.allium.base.TorException;
import io.allium.base.Wire;
import io.allium.testing.ManualTime;
import io.allium.web.Handler;
import io.allium.web.Inbox;
import io.allium.web.Site;
import io.allium.web.WebServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What visitors of a published address send: requests, chunks, forms, paths, names of files. */
class WebFuzzTest {
    private static final String SECRET = "what stands beside the site";
    private static final int SIZE_MAX = 10_000;

    /** To a folder that is a site. */
    @FuzzTest
    void siteVisitor(byte[] input) throws IOException, LocalFailure {
        Path folder = Files.createTempDirectory("fuzz");
        try {
            Path site = Files.createDirectories(folder.resolve("site/sub")).getParent();
            Files.writeString(folder.resolve("secret"), SECRET);
            Files.writeString(site.resolve("a"), "0123456789");
            String answers = visit(new Site(site, false), input);
            if (answers.contains(SECRET)) {
                throw new IllegalStateException("a file from beside the site was served");
            }
        } finally {
            remove(folder);
        }
    }

    /** To a page to leave files at: nothing gets out of the folder, and nothing is left of what did not come whole. */
    @FuzzTest
    void inboxVisitor(byte[] input) throws IOException, LocalFailure {
        Path folder = Files.createTempDirectory("fuzz");
        try {
            Inbox inbox = new Inbox(
                    folder.resolve("in"), SIZE_MAX, any -> Long.MAX_VALUE / 2, new SystemEntropy(), file -> {});
            visit(inbox, input);
            try (Stream<Path> beside = Files.list(folder);
                    Stream<Path> inside = Files.walk(folder.resolve("in"), 2)) {
                boolean hidden = inside.anyMatch(
                        file -> String.valueOf(file.getFileName()).startsWith("."));
                if (beside.count() != 1 || hidden) {
                    throw new IllegalStateException("a file is where none should be");
                }
            }
        } finally {
            remove(folder);
        }
    }

    /** All that one visitor is answered, on this thread. */
    private static String visit(Handler handler, byte[] input) {
        OneVisitor visitor = new OneVisitor(input);
        WebServer.start(visitor, handler, new ManualTime(), new Inline(), Log.NONE);
        String answers = visitor.written.toString(StandardCharsets.ISO_8859_1);
        if (!answers.isEmpty() && !answers.startsWith("HTTP/1.1 ")) {
            throw new IllegalStateException("no answer: " + answers);
        }
        return answers;
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.toList().reversed()) {
                Files.delete(each);
            }
        }
    }

    /** Accepts one connection, on which the input comes. */
    private static final class OneVisitor implements Network.Listener, Wire {
        private final ByteStream input;
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private boolean came;

        OneVisitor(byte[] input) {
            this.input = new BytesStream(Arrays.copyOf(input, input.length));
        }

        @Override
        public Wire accept() throws IOException {
            if (came) {
                throw new ClosedChannelException();
            }
            came = true;
            return this;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return input.read(into, offset, length);
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            written.write(from, offset, length);
        }

        @Override
        public void finish() {}

        @Override
        public void close() {}

        @Override
        public @Nullable Endpoint endpoint() {
            return null;
        }

        @Override
        public @Nullable Endpoint remote() {
            return null;
        }

        @Override
        public @Nullable Endpoint local() {
            return null;
        }

        @Override
        public int tryRead(ByteBuffer into) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int tryWrite(ByteBuffer from) {
            throw new UnsupportedOperationException();
        }
    }

    /** Runs everything at once. */
    private static final class Inline implements Tasks {
        private record Done(String name) implements Task {
            @Override
            public void cancel() {}

            @Override
            public void join() {}

            @Override
            public boolean isDone() {
                return true;
            }
        }

        @Override
        public Task fork(String name, Body body) {
            try {
                body.run();
            } catch (InterruptedException | TorException never) {
                throw new IllegalStateException(never);
            }
            return new Done(name);
        }

        @Override
        public Task loop(String name, Runnable body) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> CompletableFuture<T> compute(String name, Callable<T> work) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int processors() {
            return 1;
        }
    }
}
