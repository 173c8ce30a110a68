package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Log.Domain;
import io.allium.base.Log.Severity;
import io.allium.base.SystemDisk;
import io.allium.base.Time;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorLogTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

    @Test
    void aLineLooksAsCTorWritesIt() throws Exception {
        TorLog log = log();
        log.configure(Options.DEFAULTS, false);
        log.notice(Domain.GENERAL, "Bootstrapped 0% (starting): Starting");
        assertThat(output()).isEqualTo("Nov 05 07:08:09.000 [notice] Bootstrapped 0% (starting): Starting\n");
    }

    @Test
    void beforeTheConfigurationIsKnownTimesAreExactAndLinesAreRepeatedInTheFiles() throws Exception {
        Path file = folder.resolve("log");
        TorLog log = log();
        log.notice(Domain.GENERAL, "early");
        log.configure(Options.parse("Log notice file " + file), false);
        log.notice(Domain.GENERAL, "late");
        assertThat(output()).isEqualTo("Nov 05 07:08:09.123 [notice] early\n");
        assertThat(file).hasContent("Nov 05 07:08:09.123 [notice] early\nNov 05 07:08:09.000 [notice] late\n");
    }

    @Test
    void severitiesAndDomainsGoWhereTheyAreWanted() throws Exception {
        Path warnings = folder.resolve("w");
        TorLog log = log();
        log.configure(
                Options.parse("Log info-notice stdout\nLog [dir,net]debug [~dir,~net]err file " + warnings
                        + "\nLogMessageDomains 1"),
                false);
        log.info(Domain.DIR, "one");
        log.warn(Domain.DIR, "two");
        log.debug(Domain.NET, "three");
        log.warn(Domain.APP, "four");
        assertThat(output()).contains("[info] {DIR} one").doesNotContain("two", "three", "four");
        assertThat(warnings).content().contains("one", "two", "three").doesNotContain("four");
        assertThat(log.wants(Severity.DEBUG, Domain.NET)).isTrue();
        assertThat(log.wants(Severity.DEBUG, Domain.APP)).isFalse();
    }

    @Test
    void nobodyCanForgeALine() throws Exception {
        TorLog log = log();
        log.notice(Domain.GENERAL, "a\nNov 05 [err] b\r\u001b[2J");
        assertThat(output()).isEqualTo("Nov 05 07:08:09.123 [notice] a\\nNov 05 [err] b\\r\\x1b[2J\n");
    }

    @Test
    void allRangesOfALogLineCount() throws Exception {
        TorLog log = log();
        log.configure(Options.parse("Log [dir]info notice stdout\nLogMessageDomains 1"), false);
        log.info(Domain.DIR, "one");
        log.info(Domain.NET, "two");
        log.notice(Domain.NET, "three");
        assertThat(output()).contains("one", "three").doesNotContain("two");
    }

    @ParameterizedTest
    @CsvSource({"1, false, [scrubbed]", "0, false, 1.2.3.4", "relay, false, 1.2.3.4", "relay, true, [scrubbed]"})
    void usersAreHiddenAsSafeLoggingSays(String safe, boolean relay, String shown) throws Exception {
        TorLog log = log();
        assertThat(log.scrub("1.2.3.4")).isEqualTo("[scrubbed]");
        log.configure(Options.parse("SafeLogging " + safe), relay);
        assertThat(log.scrub("1.2.3.4")).isEqualTo(shown);
    }

    @Test
    void othersViolationsAreWarningsOnlyIfAsked() throws Exception {
        TorLog log = log();
        log.configure(Options.parse("Log info stdout"), false);
        log.protocolWarning(Domain.PROTOCOL, "x");
        log.configure(Options.parse("Log info stdout\nProtocolWarnings 1"), false);
        log.protocolWarning(Domain.PROTOCOL, "y");
        assertThat(output()).contains("[info] x").contains("[warn] y");
    }

    @Test
    void aFileThatCannotBeWrittenIsSaidAtTheStart() throws Exception {
        Options options = Options.parse("Log notice file " + folder);
        assertThatThrownBy(() -> log().configure(options, false)).hasMessageContaining(folder.toString());
    }

    @Test
    void earlyLinesBeyondTheBoundAreNotRepeated() throws Exception {
        Path file = folder.resolve("log");
        TorLog log = log();
        for (int i = 0; i < TorLog.EARLY_MAX + 10; i++) {
            log.notice(Domain.GENERAL, "x");
        }
        log.configure(Options.parse("Log notice file " + file), false);
        assertThat(Files.readAllLines(file)).hasSize(TorLog.EARLY_MAX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "loud",
                "notice syslog",
                "notice file",
                "err-debug stdout",
                "debug-info-err stdout",
                "[nosuch]notice stdout",
                "[net notice stdout",
            })
    void whatALogLineCannotBeIsRefused(String line) {
        assertThatThrownBy(() -> LogLine.parse(line)).isInstanceOf(io.allium.base.LocalFailure.class);
    }

    private String output() {
        return written.toString(StandardCharsets.UTF_8);
    }

    private TorLog log() {
        return new TorLog(new FixedTime(), ZoneOffset.UTC, new SystemDisk(), out, out, Severity.NOTICE);
    }

    /** A clock that stands still. */
    private static final class FixedTime implements Time {
        @Override
        public Instant now() {
            return Instant.parse("2026-11-05T07:08:09.123Z");
        }

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public Timer after(Duration delay, Runnable action) {
            return () -> {};
        }

        @Override
        public void sleep(Duration duration) {}
    }
}
