package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code allium publish}, {@code share} and {@code receive} as their documentation shows them, in a private network whose
 * relays are C tor's, visited through a client of C tor's and one of ours.
 */
class PublishTest {
    private static final int LARGE = 3_000_000;

    /** A browser of Chromium's family, which then looks at the site through our client too. */
    private static final String BROWSER = System.getProperty("publish.browser", "");

    private static final Pattern ADDRESS =
            Pattern.compile("^ {4}(?:http://)?([a-z2-7]{56}\\.onion)", Pattern.MULTILINE);

    @TempDir
    Path folder;

    private final List<Process> running = new ArrayList<>();

    @AfterEach
    void endEverything() throws Exception {
        for (Process each : running) {
            each.destroy();
            if (!each.waitFor(1, TimeUnit.MINUTES)) {
                each.destroyForcibly();
            }
        }
    }

    @Test
    void whatIsPublishedIsReachedThroughCTorAndThroughUs() throws Exception {
        try (PrivateNetwork network = PrivateNetwork.init(folder, 5, 2, "20s")) {
            network.startWithCTor(
                    "auth0", "auth1", "auth2", "relay0", "relay1", "relay2", "relay3", "relay4", "client0");
            network.start();
            site(network);
            port(network);
            share(network);
            receive(network);
        }
    }

    private void site(PrivateNetwork network) throws Exception {
        Path site = Files.createDirectories(folder.resolve("site/sub")).getParent();
        Files.writeString(site.resolve("index.html"), "<p>a site\n");
        byte[] large = new byte[LARGE];
        new Random(1).nextBytes(large);
        Files.write(site.resolve("sub/large"), large);
        Files.writeString(folder.resolve("secret"), "secret");
        String address = begin(network, "publish", "site", "--name", "blog");
        for (String client : clients(network)) {
            assertThat(network.fetch(client, "http://" + address + "/").text()).isEqualTo("<p>a site\n");
            assertThat(network.fetch(client, "http://" + address + "/sub/large").output())
                    .isEqualTo(large);
            assertThat(network.fetch(client, "--path-as-is", "http://" + address + "/../secret")
                            .text())
                    .isEqualTo("There is nothing here.\n");
        }
        if (!BROWSER.isEmpty()) {
            assertThat(browse(network.socks(1), "http://" + address + "/")).contains("<p>a site");
            assertThat(browse(network.socks(1), "http://" + address + "/sub/")).contains("<a href=\"./large\">");
        }
        end();
        assertThat(begin(network, "publish", "site", "--name", "blog")).isEqualTo(address);
        assertThat(network.fetch(network.socks(0), "http://" + address + "/").text())
                .isEqualTo("<p>a site\n");
        end();
    }

    /** What a browser has made of a page. */
    private String browse(String socks, String page) throws Exception {
        return Programs.run(
                        folder,
                        BROWSER,
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--user-data-dir=" + folder.resolve("browser"),
                        "--proxy-server=socks5://" + socks,
                        "--dump-dom",
                        page)
                .text();
    }

    private void port(PrivateNetwork network) throws Exception {
        try (WebServer web = new WebServer()) {
            String address = begin(network, "publish", "" + web.port(), "--port", "8000");
            for (String client : clients(network)) {
                assertThat(network.fetch(client, "http://" + address + ":8000/bytes/1000")
                                .output())
                        .hasSize(1000);
            }
            end();
        }
    }

    private void share(PrivateNetwork network) throws Exception {
        Files.writeString(folder.resolve("report.txt"), "a report");
        String address = begin(network, "share", "report.txt");
        assertThat(network.fetch(network.socks(0), "http://" + address + "/").text())
                .contains("report.txt");
        assertThat(network.fetch(network.socks(1), "http://" + address + "/report.txt")
                        .text())
                .isEqualTo("a report");
        Process share = running.removeLast();
        assertThat(share.waitFor(PrivateNetwork.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(share.exitValue()).isZero();
        assertThat(Files.readString(folder.resolve("said"))).contains("Downloaded, and the address is gone.");
    }

    private void receive(PrivateNetwork network) throws Exception {
        String address = begin(network, "receive", "inbox");
        for (String client : clients(network)) {
            Programs.Outcome sent = network.fetch(client, "-F", "file=@report.txt", "http://" + address + "/");
            assertThat(sent.text()).contains("<h1>Received</h1>");
        }
        assertThat(folder.resolve("inbox/report.txt")).hasContent("a report");
        assertThat(folder.resolve("inbox/report (2).txt")).hasContent("a report");
        end();
    }

    /** One of C tor's and one of ours. */
    private static List<String> clients(PrivateNetwork network) {
        return List.of(network.socks(0), network.socks(1));
    }

    /** Runs a command until it says that its address can be reached. */
    private String begin(PrivateNetwork network, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(PrivateNetwork.ALLIUM));
        command.addAll(List.of(words));
        command.addAll(List.of("--network", "net"));
        Path said = folder.resolve("said");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        running.add(process);
        long deadline = System.nanoTime() + PrivateNetwork.PATIENCE.toNanos();
        while (true) {
            String text = Files.readString(said);
            Matcher address = ADDRESS.matcher(text);
            if (text.contains("to end.") && address.find()) {
                return address.group(1);
            }
            if (System.nanoTime() > deadline || !process.isAlive()) {
                throw new IllegalStateException("no address: " + text + network.logs());
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private void end() throws Exception {
        Process process = running.removeLast();
        process.destroy();
        assertThat(process.waitFor(PrivateNetwork.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
