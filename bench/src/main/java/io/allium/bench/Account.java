package io.allium.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the operating system has on a process: the same account for ours and for C tor's. */
record Account(long pid) {
    /** The unit of {@code /proc/PID/stat}: USER_HZ, which is 100 on every Linux that the JDK runs on (proc(5)). */
    private static final double TICKS_PER_SECOND = 100;

    /** The fields utime and stime, counted after the name, which may hold spaces (proc(5): fields 14 and 15). */
    private static final int USER_TIME = 11;

    private static final int SYSTEM_TIME = 12;

    /** Seconds of processor time that it has used, in user and in system mode, by all of its threads. */
    double cpuSeconds() throws IOException {
        return cpuSeconds(Path.of("/proc/" + pid + "/stat"));
    }

    /** The same for all living threads of one name together, with N for each number in it. */
    Map<String, Double> cpuSecondsByThread() throws IOException {
        List<Path> threads;
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/task"))) {
            threads = all.sorted().toList();
        }
        Map<String, Double> seconds = new LinkedHashMap<>();
        for (Path thread : threads) {
            if (Files.exists(thread)) { // it may have ended meanwhile
                String name = Files.readString(thread.resolve("comm")).strip();
                seconds.merge(name.replaceAll("\\d+", "N"), cpuSeconds(thread.resolve("stat")), Double::sum);
            }
        }
        return seconds;
    }

    /** Resident memory in MiB. */
    double residentMiB() throws IOException {
        return mebibytes("VmRSS:");
    }

    /** The most that it ever was. */
    double peakResidentMiB() throws IOException {
        return mebibytes("VmHWM:");
    }

    private double mebibytes(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                        .filter(line -> line.startsWith(field))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow(() -> new IOException("process " + pid + " has no memory any more"))
                / 1024.0;
    }

    private static double cpuSeconds(Path stat) throws IOException {
        String line = Files.readString(stat);
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) / TICKS_PER_SECOND;
    }
}
