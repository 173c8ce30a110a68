package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.cell.RelayMessage.Resolved;
import java.util.List;
import org.junit.jupiter.api.Test;

class LookupAnswersTest {
    private static final Resolved.Answer PUBLIC = address("192.0.2.1");
    private static final Resolved.Answer NAME = new Resolved.HostName("www.example", 60);

    @Test
    void privateAddressesAreLeftOut() {
        Resolved resolved = new Resolved(List.of(address("10.0.0.1"), PUBLIC, address("::1"), NAME));

        assertThat(LookupAnswers.external(resolved).answers()).containsExactly(PUBLIC, NAME);
    }

    @Test
    void whereOnlyPrivateAddressesCameTheLookupFailedForNow() {
        Resolved left = LookupAnswers.external(new Resolved(List.of(address("127.0.0.1"))));

        assertThat(left.answers()).containsExactly(new Resolved.Failure(true, 0));
        assertThat(LookupAnswers.isFound(left)).isFalse();
    }

    @Test
    void anErrorIsNothingFound() {
        assertThat(LookupAnswers.isFound(new Resolved(List.of(new Resolved.Failure(false, 60)))))
                .isFalse();
        assertThat(LookupAnswers.isFound(new Resolved(List.of()))).isFalse();
        assertThat(LookupAnswers.isFound(new Resolved(List.of(PUBLIC)))).isTrue();
    }

    private static Resolved.Answer address(String text) {
        return new Resolved.Address(Endpoint.parseAddress(text), 60);
    }
}
