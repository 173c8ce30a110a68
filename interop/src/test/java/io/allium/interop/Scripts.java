package io.allium.interop;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The scripts in Python that lie beside the tests, run by the system's Python, which knows Debian's packages. */
final class Scripts {
    private Scripts() {}

    /** What one says on its standard output, line by line; fails unless it ends with 0. What else it says can be looked at. */
    static List<String> lines(Path folder, String name, Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/usr/bin/python3", path(name)));
        for (Object each : arguments) {
            command.add(each.toString());
        }
        Programs.Outcome outcome = Programs.run(folder, command.toArray(String[]::new));
        System.err.print(outcome.errors());
        return outcome.text().lines().toList();
    }

    private static String path(String name) {
        try {
            return Path.of(Objects.requireNonNull(Scripts.class.getResource(name), name)
                            .toURI())
                    .toString();
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
