package io.allium.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootstrapReportTest {
    private final List<Integer> told = new ArrayList<>();
    private final List<Log.Severity> logged = new ArrayList<>();
    private final ManualTime time = new ManualTime();
    private final Log log = new Log() {
        @Override
        public void write(Severity severity, Domain domain, String text) {
            logged.add(severity);
        }

        @Override
        public void protocolWarning(Domain domain, String text) {
            throw new AssertionError(text);
        }

        @Override
        public boolean wants(Severity severity, Domain domain) {
            return true;
        }

        @Override
        public String scrub(Object sensitive) {
            return "[scrubbed]";
        }
    };
    private final BootstrapReport report = new BootstrapReport(time, log, new DirectoryEvents() {
        @Override
        public void bootstrapped(BootstrapPhase phase, int percent) {
            told.add(percent);
        }
    });

    @Test
    void progressOnlyGoesForward() {
        report.reached(BootstrapPhase.STARTING);
        report.reached(BootstrapPhase.CONN);
        report.reached(BootstrapPhase.HANDSHAKE_DONE);
        report.reached(BootstrapPhase.CONN_DONE);
        report.reached(BootstrapPhase.HANDSHAKE_DONE);

        assertThat(told).containsExactly(0, 5, 15);
        assertThat(report.phase()).isEqualTo(BootstrapPhase.HANDSHAKE_DONE);
    }

    @Test
    void aFullCacheIsNotToldBeforeSomebodyWasReached() {
        report.reached(BootstrapPhase.STARTING);
        report.reached(BootstrapPhase.ENOUGH_DIRINFO);
        report.reached(BootstrapPhase.CONN);

        assertThat(told).containsExactly(0, 5);
        report.reached(BootstrapPhase.HANDSHAKE_DONE);
        assertThat(told).containsExactly(0, 5, 15, 75);
    }

    @Test
    void phasesOfCircuitsWaitForEnoughInformation() {
        report.reached(BootstrapPhase.HANDSHAKE_DONE);
        report.reached(BootstrapPhase.AP_CONN);
        assertThat(told).containsExactly(15);

        report.reached(BootstrapPhase.ENOUGH_DIRINFO);
        report.reached(BootstrapPhase.AP_HANDSHAKE_DONE);
        report.reached(BootstrapPhase.DONE);
        assertThat(told).containsExactly(15, 75, 90, 100);
    }

    @Test
    void descriptorsComingInFillTheirPhase() {
        report.reached(BootstrapPhase.HANDSHAKE_DONE);
        report.loading(0.0);
        report.loading(0.5);
        report.loading(1.0);

        assertThat(told).containsExactly(15, 50, 62, 74);
        assertThat(report.phase().tag()).isEqualTo("loading_descriptors");
    }

    @Test
    void problemsAreWarnedOfFromTheTenthOn() {
        report.reached(BootstrapPhase.CONN);
        logged.clear();
        for (int i = 0; i < 10; i++) {
            report.problem("CONNECTREFUSED", "connection refused");
        }

        assertThat(logged.subList(0, 9)).containsOnly(Log.Severity.INFO);
        assertThat(logged.getLast()).isEqualTo(Log.Severity.WARN);
    }

    @Test
    void whoStandsStillForLongIsToldOfEachProblem() {
        report.reached(BootstrapPhase.CONN);
        logged.clear();
        time.pass(Duration.ofSeconds(20));
        report.problem("TIMEOUT", "no answer");
        report.reached(BootstrapPhase.HANDSHAKE_DONE);
        report.problem("TIMEOUT", "no answer");

        assertThat(logged).containsExactly(Log.Severity.WARN, Log.Severity.NOTICE, Log.Severity.INFO);
    }
}
