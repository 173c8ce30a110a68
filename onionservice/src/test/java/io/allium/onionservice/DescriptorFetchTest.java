package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.allium.base.Log;
import io.allium.base.Refused;
import io.allium.base.Unreachable;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.OnionAddress;
import io.allium.directory.HttpHeaders;
import io.allium.directory.HttpMessage;
import io.allium.directory.NetworkView;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DescriptorFetchTest {
    private final ManualTime time = new ManualTime();
    private final SeededEntropy entropy = new SeededEntropy(1);
    private final TestService of = TestService.of(entropy);
    private final OnionAddress service = of.address();
    private final NetworkView view = TestNetwork.view(Instant.parse("2026-11-21T10:00:00Z"));
    private final KnownNetwork network = new KnownNetwork(time, () -> Optional.of(view), false);
    private final List<Fingerprint> asked = new ArrayList<>();
    private final List<DescriptorEvents.Event> heard = new ArrayList<>();

    /** What directories answer, the first first. */
    private interface Answer {
        HttpMessage.Response to(int request) throws Unreachable;
    }

    @Test
    void theDirectoriesOfBothReplicasAreAskedOnceEach() {
        Refused none = refusal(fetch(request -> HttpMessage.Response.of(404, "Not found")));

        assertThat(none.kind()).isEqualTo(Refused.Kind.ONION_NOT_FOUND);
        assertThat(asked).hasSize(6).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(asked)).isEqualTo(responsible());
    }

    @Test
    void whoCannotBeReachedIsPassedOver() throws Exception {
        byte[] document = written();
        KnownDescriptor known = fetch(request -> {
                    if (request == 0) {
                        throw new Unreachable("no circuit");
                    }
                    return new HttpMessage.Response(200, "OK", HttpHeaders.NONE, document);
                })
                .fetch(service, Optional.empty(), deadline(), got -> got);

        assertThat(known.isReadable()).isTrue();
        assertThat(asked).hasSize(2);
    }

    @Test
    void aForgedDescriptorIsOnlyTheAnswerWhereNobodyHasABetterOne() throws Exception {
        byte[] forged = written();
        forged[forged.length / 2] ^= 1;
        Refused invalid = refusal(fetch(request -> new HttpMessage.Response(200, "OK", HttpHeaders.NONE, forged)));

        assertThat(invalid.kind()).isEqualTo(Refused.Kind.ONION_DESCRIPTOR_INVALID);
        assertThat(asked).hasSize(6);
    }

    @Test
    void whoHasNoTimeToAskThemAllDoesNotSayThatNobodyHasIt() {
        Refused late = refusal(fetch(request -> {
            time.pass(Duration.ofMinutes(1));
            return HttpMessage.Response.of(404, "Not found");
        }));

        assertThat(late.kind()).isEqualTo(Refused.Kind.TIMEOUT);
        assertThat(asked).hasSize(2);
    }

    @Test
    void afterTheUserWasToldAllAreAskedAgain() {
        DescriptorFetch fetch = fetch(request -> HttpMessage.Response.of(404, "Not found"));
        refusal(fetch);
        refusal(fetch);

        assertThat(asked).hasSize(12);
    }

    @Test
    void whatWasFoundIsNotAskedForAgainFromTheSame() throws Exception {
        byte[] document = written();
        DescriptorFetch fetch = fetch(request -> new HttpMessage.Response(200, "OK", HttpHeaders.NONE, document));
        for (int i = 0; i < 6; i++) {
            fetch.fetch(service, Optional.empty(), deadline(), got -> got);
        }

        assertThat(asked).hasSize(6).doesNotHaveDuplicates();
    }

    @Test
    void eachDirectoryThatIsAskedIsToldOfWithWhatItSaid() throws Exception {
        byte[] document = written();
        List<HttpMessage.Response> answers = List.of(
                HttpMessage.Response.of(404, "Not found"),
                HttpMessage.Response.of(400, "Bad request"),
                HttpMessage.Response.of(503, "Busy"),
                new HttpMessage.Response(200, "OK", HttpHeaders.NONE, new byte[10]),
                new HttpMessage.Response(200, "OK", HttpHeaders.NONE, document));
        fetch(answers::get).fetch(service, Optional.empty(), deadline(), got -> got);

        assertThat(heard.stream().map(event -> DescriptorText.line(event).split(" ")[0]))
                .containsExactly(
                        "REQUESTED",
                        "FAILED",
                        "REQUESTED",
                        "FAILED",
                        "REQUESTED",
                        "FAILED",
                        "REQUESTED",
                        "FAILED",
                        "REQUESTED",
                        "RECEIVED");
        assertThat(heard.stream()
                        .filter(DescriptorEvents.NotReceived.class::isInstance)
                        .map(event -> ((DescriptorEvents.NotReceived) event).reason()))
                .containsExactly(
                        DescriptorEvents.Reason.NOT_FOUND,
                        DescriptorEvents.Reason.QUERY_REJECTED,
                        DescriptorEvents.Reason.UNEXPECTED,
                        DescriptorEvents.Reason.BAD_DESC);
        assertThat(((DescriptorEvents.Received) heard.getLast()).document()).isEqualTo(document);
    }

    @Test
    void whereAllWereAskedJustNowThatIsTold() throws Exception {
        byte[] document = written();
        DescriptorFetch fetch = fetch(request -> new HttpMessage.Response(200, "OK", HttpHeaders.NONE, document));
        for (int i = 0; i < 6; i++) {
            fetch.fetch(service, Optional.empty(), deadline(), got -> got);
        }
        refusal(fetch);

        assertThat(DescriptorText.line(heard.getLast()))
                .matches("FAILED [a-z2-7]{56} NO_AUTH UNKNOWN [A-Za-z0-9+/]{43} REASON=QUERY_RATE_LIMITED");
    }

    @Test
    void anotherConsensusHasOtherRings() {
        List<NetworkView> views = new ArrayList<>(List.of(view));
        KnownNetwork following = new KnownNetwork(time, () -> Optional.of(views.getLast()), false);
        HsDirRings before = following.rings().orElseThrow();

        assertThat(following.rings().orElseThrow()).isSameAs(before);
        views.add(TestNetwork.view(Instant.parse("2026-11-21T12:00:00Z")));
        assertThat(following.rings().orElseThrow().current().period())
                .isEqualTo(before.current().period().next());
    }

    private TreeSet<Fingerprint> responsible() {
        HsDirRing ring = network.rings().orElseThrow().current();
        TreeSet<Fingerprint> all = new TreeSet<>();
        try {
            ring.toFetch(KeyBlinding.blind(service.identity(), ring.period()))
                    .forEach(relay -> all.add(relay.fingerprint()));
        } catch (Untrusted noKey) {
            throw new AssertionError(noKey);
        }
        return all;
    }

    private Refused refusal(DescriptorFetch fetch) {
        return catchThrowableOfType(
                Refused.class, () -> fetch.fetch(service, Optional.empty(), deadline(), got -> got));
    }

    private long deadline() {
        return time.nanos() + Duration.ofMinutes(2).toNanos();
    }

    private DescriptorFetch fetch(Answer answer) {
        return new DescriptorFetch(
                time,
                entropy,
                Log.NONE,
                network,
                (asking, directory, request, patience) -> {
                    asked.add(directory.fingerprint());
                    return answer.to(asked.size() - 1);
                },
                heard::add);
    }

    private byte[] written() throws Exception {
        return of.descriptor(network.rings().orElseThrow().current().period(), 1, List.of(), time.now());
    }
}
