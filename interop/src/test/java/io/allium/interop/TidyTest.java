package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The rules of the source tree that no compiler checks. */
class TidyTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** What must come through a seam, and the files that are the seam. */
    private static final Map<String, Pattern> SEAMS = Map.of(
            "Instant.now(", Pattern.compile("base/.*/SystemTime.java|sim/.*"),
            "System.currentTimeMillis(", Pattern.compile("base/.*/SystemTime.java"),
            "System.nanoTime(", Pattern.compile("base/.*/SystemTime.java|sim/.*"),
            "Thread.sleep(", Pattern.compile("base/.*/SystemTime.java"),
            "Thread.ofVirtual(", Pattern.compile("base/.*/ThreadTasks.java|sim/.*"),
            "new Thread(", Pattern.compile("none"),
            "new SecureRandom(", Pattern.compile("none"),
            "Math.random(", Pattern.compile("none"),
            "awaitNanos(", Pattern.compile("none"),
            ".orTimeout(", Pattern.compile("none"));

    @Test
    void aModuleUsesOnlyThoseBeforeIt() throws IOException {
        List<String> order = matches(Files.readString(ROOT.resolve("pom.xml")), "<module>(\\w+)</module>");
        assertThat(order)
                .containsSubsequence("base", "crypto", "cell", "netdoc", "channel", "circuit", "directory", "client");
        for (String module : order) {
            Path info = ROOT.resolve(module + "/src/main/java/module-info.java");
            if (Files.exists(info)) {
                assertThat(order.subList(0, order.indexOf(module)))
                        .as("what " + module + " requires")
                        .containsAll(matches(Files.readString(info), "requires (?:\\w+ )*io\\.allium\\.(\\w+);"));
            }
        }
    }

    @Test
    void everyPackageSaysWhatItIs() throws IOException {
        for (Path file : sources()) {
            Path info = file.resolveSibling("package-info.java");
            if (!file.endsWith("module-info.java")) {
                assertThat(info).exists();
                assertThat(Files.readString(info)).startsWith("/**").contains("@NullMarked");
            }
        }
    }

    @Test
    void clockChanceAndThreadsComeThroughTheirSeams() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources()) {
            String text = Files.readString(file);
            String name = ROOT.relativize(file).toString();
            SEAMS.forEach((call, allowed) -> {
                if (text.contains(call) && !allowed.matcher(name).matches()) {
                    wrong.add(name + " calls " + call + ")");
                }
            });
            if (Pattern.compile("\\bsynchronized\\b *[({\\w]")
                    .matcher(withoutComments(text))
                    .find()) {
                wrong.add(name + " is synchronized: the simulator needs ReentrantLock");
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void namesSayWhatThingsAre() throws IOException {
        assertThat(sources())
                .noneMatch(file -> file.getFileName().toString().matches(".*(Manager|Helper|Util|Utils|Impl)\\.java"));
    }

    @Test
    void nothingIsLeftUndoneInTheSources() throws IOException {
        Pattern markers = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b|printStack" + "Trace|@Dis" + "abled");
        for (Path file : files(".java")) {
            assertThat(Files.readString(file)).as(file.toString()).doesNotContainPattern(markers);
        }
    }

    @Test
    void everyLinkInTheDocumentsLeadsSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path page : files(".md")) {
            for (String link : matches(Files.readString(page), "]\\(([^)#:]+)(?:#[^)]*)?\\)")) {
                if (!Files.exists(page.resolveSibling(link))) {
                    dead.add(ROOT.relativize(page) + " -> " + link);
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    /** A walk names a method as {@code [Loop.turn](…/Loop.java#turn)}: the file must be there and declare it. */
    @Test
    void everyStepOfAWalkIsInTheCode() throws IOException {
        List<String> lost = new ArrayList<>();
        int steps = 0;
        for (Path page : files(".md").stream()
                .filter(file -> file.startsWith(ROOT.resolve("docs/walks")))
                .toList()) {
            Matcher step = Pattern.compile("\\[`([\\w.]+)(?:\\(\\))?`]\\(([^)#]+\\.java)#(\\w+)\\)")
                    .matcher(Files.readString(page));
            while (step.find()) {
                steps++;
                Path file = page.resolveSibling(step.group(2)).normalize();
                String name = step.group(3);
                boolean named = step.group(1).equals(name) || step.group(1).endsWith("." + name);
                if (!named || !Files.exists(file) || !declares(Files.readString(file), name)) {
                    lost.add(page.getFileName() + ": " + step.group());
                }
            }
        }
        assertThat(lost).isEmpty();
        assertThat(steps).isGreaterThan(15);
    }

    private static boolean declares(String source, String name) {
        String quoted = Pattern.quote(name);
        return Pattern.compile("^\\s+(?:@\\w+ )?(?:[\\w<>\\[\\], ?.@]+ )" + quoted + "\\(", Pattern.MULTILINE)
                        .matcher(source)
                        .find()
                || Pattern.compile("\\b(?:class|record|interface|enum) " + quoted + "\\b")
                        .matcher(source)
                        .find();
    }

    private static String withoutComments(String text) {
        return text.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("//[^\n]*", "");
    }

    private static List<Path> sources() throws IOException {
        return files(".java").stream()
                .filter(file -> file.toString().contains("/src/main/java/"))
                .toList();
    }

    private static List<Path> files(String ending) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                return name.equals("target") || name.equals(".git") // where files come and go
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(ending)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(null);
        return found;
    }

    private static List<String> matches(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .toList();
    }
}
