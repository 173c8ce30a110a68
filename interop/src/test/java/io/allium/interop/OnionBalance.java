package io.allium.interop;

import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.onionservice.ServiceKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Debian's onionbalance: a front end that publishes, under an address of its own, where other services are introduced. It has a
 * Tor fetch and publish. Confined to its test.
 */
final class OnionBalance implements AutoCloseable {
    private static final String PROGRAM = "/usr/sbin/onionbalance";

    private final OnionFolder front;
    private final Process process;

    private OnionBalance(OnionFolder front, Process process) {
        this.front = front;
        this.process = process;
    }

    /** Makes the key of a front end, so that services can be told its address before they start. */
    static OnionFolder front(Path folder) throws Exception {
        ServiceKeys.load(new SystemDisk(), folder, false, new SystemEntropy(), Log.NONE);
        return new OnionFolder(folder);
    }

    /**
     * Begins to publish these services under the front end's address.
     *
     * @param through a Tor with a control port; it is asked for a new identity every few seconds
     */
    static OnionBalance start(OnionFolder front, List<OnionFolder> services, MixedNetwork.Node through)
            throws IOException {
        List<String> lines = new ArrayList<>(List.of("services:", "- key: " + front.path() + "/hs_ed25519_secret_key"));
        lines.add("  instances:");
        for (OnionFolder each : services) {
            lines.add("  - address: " + each.address().host());
        }
        Path configuration = front.path().resolve("config.yaml");
        Files.write(configuration, lines);
        if (!Files.isExecutable(Path.of(PROGRAM))) {
            throw new IOException(PROGRAM + " is missing: apt-get install onionbalance");
        }
        Process process = new ProcessBuilder(
                        PROGRAM,
                        "--is-testnet",
                        "--socket",
                        "",
                        "--port",
                        "" + through.controlPort(),
                        "--config",
                        configuration.toString(),
                        "--verbosity",
                        "info")
                .redirectErrorStream(true)
                .redirectOutput(log(front).toFile())
                .start();
        return new OnionBalance(front, process);
    }

    private static Path log(OnionFolder front) {
        return front.path().resolve("onionbalance.log");
    }

    /** What it has said so far; fails where it has ended. */
    String log() throws IOException {
        String text = Files.readString(log(front));
        if (!process.isAlive()) {
            throw new IllegalStateException("onionbalance has ended: " + text);
        }
        return text;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
