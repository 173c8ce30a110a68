package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.cell.EndReason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Why a server could not be reached, in the words of the machine and in those of END: C tor's errno_to_stream_end_reason. */
class ExitReasonTest {
    @ParameterizedTest
    @CsvSource({
        "connection refused, CONNECTREFUSED",
        "connection timed out after 60 s, TIMEOUT",
        "no route to host, NOROUTE",
        "network is unreachable, NOROUTE",
        "permission denied, NOROUTE",
        "connection reset by peer, CONNRESET",
        "too many open files, RESOURCELIMIT",
        "too many open files in system, RESOURCELIMIT",
        "no buffer space available, RESOURCELIMIT",
        "address already in use, RESOURCELIMIT",
        "cannot assign requested address, RESOURCELIMIT",
        "connection failed, MISC",
    })
    void theClientHearsWhatTheMachineSaid(String phrase, EndReason reason) {
        assertThat(Exit.reason(phrase)).isEqualTo(reason);
    }
}
