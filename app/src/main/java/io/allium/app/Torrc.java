package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.control.ControlText;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/**
 * The text of a configuration file as a list of settings: comments, quoted strings, continued lines and
 * {@code %include} resolved, names and values not yet looked at. Confined to whoever made it.
 */
final class Torrc {
    /** How deep files may include others; as in C tor, so that a file that includes itself is found out. */
    static final int DEPTH_MAX = 31;
    /** How many settings all files together may hold: far more than anybody writes, far less than memory holds. */
    static final int LINES_MAX = 100_000;

    private final Disk disk;
    private final List<ConfigLine> lines = new ArrayList<>();

    private Torrc(Disk disk) {
        this.disk = disk;
    }

    /** Reads a file and all that it includes; nothing where there is no such file. */
    static Optional<List<ConfigLine>> read(Disk disk, Path file) throws LocalFailure {
        Optional<byte[]> content = disk.read(file);
        if (content.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(parse(disk, ControlText.of(content.get()), file.toString()));
    }

    /** Reads a text that may not include files; {@code name} is what errors call it. */
    static List<ConfigLine> withoutFiles(String torrc, String name) throws LocalFailure {
        TorrcText text = new TorrcText(torrc, name);
        List<ConfigLine> lines = new ArrayList<>();
        for (Optional<ConfigLine> line = text.next(); line.isPresent(); line = text.next()) {
            lines.add(line.get());
        }
        return lines;
    }

    /** Whether a file includes others, or says that it does: to write it anew would lose that. */
    static boolean includes(Disk disk, Path file) throws LocalFailure {
        String text = ControlText.of(disk.read(file).orElse(new byte[0]));
        return withoutFiles(text, file.toString()).stream().anyMatch(Torrc::isInclude);
    }

    private static boolean isInclude(ConfigLine line) {
        return line.name().equalsIgnoreCase("%include");
    }

    /** Reads the text of a file; {@code name} is what errors call it. */
    static List<ConfigLine> parse(Disk disk, String text, String name) throws LocalFailure {
        Torrc torrc = new Torrc(disk);
        torrc.readAll(text, name, 0);
        return List.copyOf(torrc.lines);
    }

    private void readAll(String text, String name, int depth) throws LocalFailure {
        TorrcText rest = new TorrcText(text, name);
        for (Optional<ConfigLine> line = rest.next(); line.isPresent(); line = rest.next()) {
            if (isInclude(line.get())) {
                include(line.get(), depth + 1);
            } else if (lines.size() == LINES_MAX) {
                throw new LocalFailure(line.get().where() + ": more than " + LINES_MAX + " settings");
            } else {
                lines.add(line.get());
            }
        }
    }

    private void include(ConfigLine line, int depth) throws LocalFailure {
        if (line.value().isEmpty()) {
            throw new LocalFailure(line.where() + ": %include needs the name of a file or folder");
        }
        if (depth > DEPTH_MAX) {
            throw new LocalFailure(line.where() + ": %include goes more than " + DEPTH_MAX
                    + " files deep; does a file include itself?");
        }
        List<Path> files;
        try {
            files = named(line);
        } catch (LocalFailure impossible) {
            throw impossible.in(line.where() + ": %include");
        }
        for (Path file : files) {
            Optional<byte[]> content = disk.read(file);
            if (content.isEmpty()) {
                throw new LocalFailure(line.where() + ": %include " + file + ": there is no such file or folder");
            }
            readAll(ControlText.of(content.get()), file.toString(), depth);
        }
    }

    /** The files that an include line names: one file, those of a folder, or those that match a pattern. */
    private List<Path> named(ConfigLine line) throws LocalFailure {
        String name = line.value();
        if (!isPattern(name)) {
            Path path = ConfiguredPath.of(name);
            return disk.modified(path).isEmpty() ? List.of(path) : filesOf(path);
        }
        List<Path> files = new ArrayList<>();
        for (Path match : matching(name)) {
            files.addAll(filesOf(match));
        }
        return files;
    }

    /** Resolves a pattern folder by folder. */
    private List<Path> matching(String pattern) throws LocalFailure {
        Path whole = ConfiguredPath.of(pattern);
        List<Path> found = List.of(whole.isAbsolute() ? whole.getRoot() : Path.of(""));
        for (Path part : whole) {
            List<Path> next = new ArrayList<>();
            for (Path folder : found) {
                next.addAll(step(folder, part));
            }
            found = next;
        }
        return found;
    }

    private List<Path> step(Path folder, Path part) throws LocalFailure {
        if (!isPattern(part.toString())) {
            Path named = folder.resolve(part);
            return disk.modified(named).isPresent() ? List.of(named) : List.of();
        }
        PathMatcher matcher = matcher(part.toString());
        boolean hiddenToo = part.toString().startsWith(".");
        return inside(folder.toString().isEmpty() ? Path.of(".") : folder).orElse(List.of()).stream()
                .filter(file -> matcher.matches(file.getFileName()))
                .filter(file -> hiddenToo || isVisible(file))
                .toList();
    }

    private static PathMatcher matcher(String pattern) throws LocalFailure {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        } catch (PatternSyntaxException senseless) {
            throw new LocalFailure("'" + pattern + "' is no pattern for the names of files", senseless);
        }
    }

    /** The file itself, or the visible files of a folder. */
    private List<Path> filesOf(Path path) {
        return inside(path)
                .map(files -> files.stream()
                        .filter(Torrc::isVisible)
                        .filter(file -> inside(file).isEmpty())
                        .toList())
                .orElse(List.of(path));
    }

    /** What is in a folder; nothing if it is no folder. */
    private Optional<List<Path>> inside(Path folder) {
        try {
            return Optional.of(disk.list(folder));
        } catch (LocalFailure notFolder) {
            return Optional.empty();
        }
    }

    private static boolean isPattern(String name) {
        return name.chars().anyMatch(c -> "*?[".indexOf(c) >= 0);
    }

    private static boolean isVisible(Path file) {
        Path name = file.getFileName();
        return name != null && !name.toString().startsWith(".");
    }
}
