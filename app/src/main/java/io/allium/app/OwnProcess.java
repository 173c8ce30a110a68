package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the operating system says of this process. Immutable.
 *
 * @param uid the number of its user; -1 where that is not known
 * @param descriptorLimit how many connections it may have open, for which some of its files are not to be had; -1 where that
 *     is not known
 */
record OwnProcess(long id, String user, long uid, long descriptorLimit) {
    private static final Pattern UID = Pattern.compile("(?m)^Uid:\\s+([0-9]{1,18})\\s");
    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files\\s+([0-9]{1,18})\\s");

    /** Files that are open anyway: ULIMIT_BUFFER of C tor, which leaves as many to them. */
    static final long OTHER_FILES = 32;

    static OwnProcess of(Disk disk) {
        long files = number(disk, Path.of("/proc/self/limits"), OPEN_FILES);
        return new OwnProcess(
                ProcessHandle.current().pid(),
                System.getProperty("user.name", ""),
                number(disk, Path.of("/proc/self/status"), UID),
                files < OTHER_FILES ? files : files - OTHER_FILES);
    }

    private static long number(Disk disk, Path file, Pattern line) {
        try {
            byte[] content = disk.read(file).orElse(new byte[0]);
            Matcher found = line.matcher(new String(content, StandardCharsets.UTF_8));
            return found.find() ? Long.parseLong(found.group(1)) : -1;
        } catch (LocalFailure unreadable) {
            return -1;
        }
    }
}
