package io.allium.app;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Time;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The process without which this one ends, as {@code __OwningControllerProcess} names it. Stateless. */
final class OwningProcess {
    /** How often to look whether it still lives; as often as C tor. */
    private static final Duration INTERVAL = Duration.ofSeconds(15);

    /** C tor leaves room for more behind the number, and so far nobody writes it. */
    private static final Pattern SPECIFIER = Pattern.compile("([1-9][0-9]{0,17})(?:[ :].*)?");

    private OwningProcess() {}

    /** Its number; nothing where the text is none. */
    static Optional<Long> id(String specifier) {
        Matcher parts = SPECIFIER.matcher(specifier);
        return parts.matches() ? Optional.of(Long.valueOf(parts.group(1))) : Optional.empty();
    }

    /**
     * Returns once the process has ended.
     *
     * @param specifier asked anew each time, since a controller may change it
     */
    static void awaitEnd(Supplier<Optional<String>> specifier, Time time, Log log) throws InterruptedException {
        while (true) {
            Optional<Long> id = specifier.get().flatMap(OwningProcess::id);
            if (id.isPresent() && ProcessHandle.of(id.get()).isEmpty()) {
                log.notice(Domain.CONTROL, "Monitored process " + id.get() + " is dead; exiting.");
                return;
            }
            time.sleep(INTERVAL);
        }
    }
}
