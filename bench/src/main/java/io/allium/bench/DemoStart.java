package io.allium.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a newcomer tries first. C tor has nothing of the kind. */
final class DemoStart implements Scenario {
    private static final int LIMIT_SECONDS = 150;

    private static final Figure SECONDS =
            new Figure("demo", "bin/allium demo, from nothing to a page", "s", new Goal.AtMost(15));

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public String what() {
        return "bin/allium demo: a private network in one process, from nothing to a page";
    }

    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        Path output = networks.folder().resolve("demo.txt");
        long began = networks.time().nanos();
        Process demo = Programs.start(
                networks.folder(),
                output,
                Map.of(),
                List.of(networks.settings().home().resolve("bin/allium").toString(), "demo", "--once"));
        try {
            if (!demo.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the demo took longer than " + LIMIT_SECONDS + " s");
            }
            if (demo.exitValue() != 0) {
                throw new IOException("the demo failed: " + Files.readString(output));
            }
        } finally {
            Programs.end(List.of(demo));
        }
        findings.add(SECONDS, Implementation.ALLIUM, (networks.time().nanos() - began) / 1e9);
    }
}
