package io.allium.bench;

import io.allium.base.SystemTime;
import io.allium.base.Time;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code bench/run}: measures Allium beside C tor, and ends with 1 if a scenario failed. Confined to the main thread. */
public final class Bench {
    private static final List<Scenario> ALL = List.of(
            new Memory(),
            new Bulk(),
            new Streams(),
            new Capacity(),
            new Bursts(),
            new Interactive(),
            new Skins(),
            new Documents(),
            new Start(),
            new DemoStart(),
            new Crowd(),
            new AuthorityOfMany(),
            new OnionStart(),
            new OnionBulk(),
            new OnionHundred(),
            new OnionFlood(),
            new OnionKills());

    private final Settings settings;
    private final String command;
    private final Time time;
    private final PrintStream out;
    private final Findings findings = new Findings();

    /** @param command as it was typed, for the report */
    Bench(Settings settings, String command, Time time, PrintStream out) {
        this.settings = settings;
        this.command = command;
        this.time = time;
        this.out = out;
    }

    public static void main(String[] arguments) {
        if (List.of(arguments).contains("--help")) {
            System.out.print(Settings.USAGE);
            ALL.forEach(scenario -> System.out.printf("  %-12s %s%n", scenario.name(), scenario.what()));
            return;
        }
        int code;
        try (SystemTime time = new SystemTime()) {
            Settings settings = Settings.parse(List.of(arguments), Path.of(System.getProperty("allium.home", ".")));
            String command = "bench/run " + String.join(" ", arguments);
            code = new Bench(settings, command.strip(), time, System.out).run() ? 0 : 1;
        } catch (IllegalArgumentException | IOException wrong) {
            System.err.println("bench: " + wrong.getMessage());
            code = 2;
        }
        System.out.flush();
        System.exit(code);
    }

    /**
     * Runs what the settings ask for, prints and writes the figures.
     *
     * @return whether every scenario gave its figures
     */
    boolean run() throws IOException {
        List<Scenario> chosen = chosen();
        if (settings.profile()) {
            Profile.prepare(settings.out());
        }
        List<Window> windows = new ArrayList<>();
        Networks networks = Networks.none(settings, time);
        Thread atEnd = Thread.ofPlatform().unstarted(networks::close);
        Runtime.getRuntime().addShutdownHook(atEnd);
        try {
            for (Scenario scenario : chosen) {
                for (int run = 1; run <= settings.runs(); run++) {
                    out.println(scenario.name() + ": " + scenario.what() + ", run " + run + " of " + settings.runs());
                    windows.add(run(scenario, networks));
                }
            }
        } finally {
            networks.close();
        }
        Report report = new Report(findings, machine());
        report.write(settings.out());
        out.println();
        out.print(report.table());
        if (settings.profile()) {
            writeProfiles(windows);
        }
        findings.failures().forEach(failure -> out.println("Failed: " + failure));
        out.println("Written to " + settings.out());
        return findings.failures().isEmpty();
    }

    /** When a scenario ran. */
    private record Window(String scenario, Instant from, Instant to) {}

    private List<Scenario> chosen() {
        for (String name : settings.scenarios()) {
            if (ALL.stream().noneMatch(scenario -> isMeant(scenario, name))) {
                throw new IllegalArgumentException("there is no scenario '" + name + "'");
            }
        }
        return ALL.stream()
                .filter(scenario -> settings.scenarios().isEmpty()
                        ? !scenario.isOnlyWhereNamed()
                        : settings.scenarios().stream().anyMatch(name -> isMeant(scenario, name)))
                .toList();
    }

    /** By its name, or by the first word of it, which several may have in common. */
    private static boolean isMeant(Scenario scenario, String name) {
        return scenario.name().equals(name) || scenario.name().startsWith(name + "-");
    }

    private Window run(Scenario scenario, Networks networks) {
        Time.Timer limit = time.after(scenario.limit(), networks::close);
        Instant from = time.now();
        try {
            if (settings.profile()) {
                networks.warm(Implementation.ALLIUM);
                from = time.now();
            }
            scenario.run(networks, findings);
        } catch (IOException | RuntimeException failed) {
            findings.fail(scenario.name(), String.valueOf(failed.getMessage()));
            out.println("  failed: " + failed.getMessage());
        } catch (InterruptedException interrupted) {
            findings.fail(scenario.name(), "interrupted");
            Thread.currentThread().interrupt();
        } finally {
            limit.cancel();
        }
        return new Window(scenario.name(), from, time.now());
    }

    private void writeProfiles(List<Window> windows) throws IOException {
        StringBuilder text = new StringBuilder();
        List<Path> relays = PrivateNetwork.NAMES.stream()
                .filter(node -> !node.startsWith("client"))
                .map(node -> Profile.recording(settings.out(), node))
                .toList();
        List<Path> client = List.of(Profile.recording(settings.out(), "client0"));
        for (Window window : windows) {
            text.append(Profile.read(relays, window.from(), window.to()).text("The relays under " + window.scenario()));
            text.append(Profile.read(client, window.from(), window.to()).text("The client under " + window.scenario()));
        }
        Files.writeString(settings.out().resolve("profile.md"), text);
    }

    private String machine() throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 2))
                .findFirst()
                .orElse("an unknown processor");
        String load = Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
        return String.format(
                Locale.ROOT,
                "`%s` on %s, %d × %s, Java %s, load average at the end %s.",
                command,
                time.now().truncatedTo(ChronoUnit.MINUTES),
                Runtime.getRuntime().availableProcessors(),
                processor,
                Runtime.version().feature(),
                load);
    }
}
