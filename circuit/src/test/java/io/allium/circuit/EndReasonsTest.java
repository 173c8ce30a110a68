package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Refused.Kind;
import io.allium.cell.EndReason;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndReasonsTest {
    @Test
    void whatAnExitRefusesTheClientHearsOfAsTheSame() {
        for (Kind kind : List.of(
                Kind.RESOLVE_FAILED,
                Kind.CONNECTION_REFUSED,
                Kind.EXIT_POLICY,
                Kind.TIMEOUT,
                Kind.NO_ROUTE,
                Kind.RESOURCE_LIMIT,
                Kind.NOT_DIRECTORY,
                Kind.GENERAL)) {
            assertThat(EndReasons.kind(EndReasons.reason(kind))).isEqualTo(kind);
        }
    }

    @Test
    void everyReasonIsSomeKindAndEveryKindSomeReason() {
        for (EndReason reason : EndReason.values()) {
            assertThat(EndReasons.kind(reason)).isNotNull();
        }
        for (Kind kind : Kind.values()) {
            assertThat(EndReasons.reason(kind)).isNotNull();
        }
    }
}
