package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.TaskGroup;
import io.allium.base.ThreadTasks;
import io.allium.base.Unreachable;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.OnionAddress;
import io.allium.directory.HttpHeaders;
import io.allium.directory.HttpMessage;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import io.allium.netdoc.OnionDescriptor;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import io.allium.testing.Waiting;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What controllers have done with descriptors. */
class DescriptorErrandsTest {
    private final ManualTime time = new ManualTime();
    private final SeededEntropy entropy = new SeededEntropy(1);
    private final TestService of = TestService.of(entropy);
    private final OnionAddress service = of.address();
    private final NetworkView view = TestNetwork.view(Instant.parse("2026-11-21T10:00:00Z"));
    private final KnownNetwork network = new KnownNetwork(time, () -> Optional.of(view), false);
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final TaskGroup group = new TaskGroup(tasks, "test");
    private final Queue<Fingerprint> asked = new ConcurrentLinkedQueue<>();
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private volatile HttpMessage.Response answer = HttpMessage.Response.of(404, "Not found");
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile boolean isSlow;
    private final HsDirs directories = (about, directory, request, patience) -> {
        asked.add(directory.fingerprint());
        if (isSlow) {
            goOn.await();
        }
        if (directory.equals(view.relays().getLast())) {
            throw new Unreachable("no circuit");
        }
        return answer;
    };
    private final DescriptorEvents events =
            event -> heard.add(DescriptorText.line(event).replaceAll(" .* REASON", " REASON"));
    private final ServiceDescriptors descriptors = new ServiceDescriptors(
            time,
            group,
            network,
            new DescriptorFetch(time, entropy, Log.NONE, network, directories, events),
            () -> ClientAuthorization.NONE);
    private final DescriptorErrands errands =
            new DescriptorErrands(time, Log.NONE, group, network, descriptors, directories, events);

    @AfterEach
    void end() {
        goOn.countDown();
        group.close();
        tasks.close();
    }

    @Test
    void eachOfTheDirectoriesThatAreNamedIsAsked() throws Exception {
        byte[] document = written(network.rings().orElseThrow().current());
        answer = new HttpMessage.Response(200, "OK", HttpHeaders.NONE, document);
        List<Relay> named = view.relays().subList(0, 3);
        errands.fetchFrom(service, named);

        Waiting.until(() -> heard.size() == 6);
        assertThat(asked)
                .containsExactlyInAnyOrderElementsOf(
                        named.stream().map(Relay::fingerprint).toList());
        assertThat(errands.document(service)).contains(document);
        errands.forget(service);
        assertThat(errands.document(service)).isEmpty();
    }

    @Test
    void withoutNamesThoseAreAskedThatShouldHaveIt() {
        errands.fetch(service);

        Waiting.until(() -> heard.size() == 12);
        assertThat(heard).contains("FAILED REASON=NOT_FOUND");
    }

    @Test
    void aDescriptorGoesWhereItShouldLieAndIsToldOfOnce() throws Exception {
        answer = HttpMessage.Response.of(200, "OK");
        HsDirRings rings = network.rings().orElseThrow();
        HsDirRing other = rings.newerIsCurrent() ? rings.older() : rings.newer();
        byte[] document = written(other);
        OnionDescriptor descriptor = OnionDescriptor.parse(document).claimed();
        List<Relay> wanted = other.toStore(descriptor.blindedKey());
        errands.post(service, document, descriptor, List.of());

        Waiting.until(() -> heard.size() == wanted.size());
        assertThat(asked)
                .containsExactlyInAnyOrderElementsOf(
                        wanted.stream().map(Relay::fingerprint).toList());
    }

    @Test
    void whatDirectoriesSayOfADescriptorIsToldOfEach() throws Exception {
        byte[] document = written(network.rings().orElseThrow().current());
        answer = HttpMessage.Response.of(400, "Bad");
        errands.post(
                service,
                document,
                OnionDescriptor.parse(document).claimed(),
                List.of(view.relays().getFirst(), view.relays().getLast()));

        Waiting.until(() -> heard.size() == 2);
        assertThat(heard).containsExactlyInAnyOrder("FAILED REASON=UPLOAD_REJECTED", "FAILED REASON=UNEXPECTED");
    }

    @Test
    void thereIsABoundToWhatIsUnderWay() {
        isSlow = true;
        for (int i = 0; i <= DescriptorErrands.ERRANDS_MAX; i++) {
            errands.fetchFrom(service, List.of(view.relays().getFirst()));
        }

        Waiting.until(() -> asked.size() == DescriptorErrands.ERRANDS_MAX);
        goOn.countDown();
        Waiting.until(() -> heard.size() == 2 * DescriptorErrands.ERRANDS_MAX);
        assertThat(asked).hasSize(DescriptorErrands.ERRANDS_MAX);
    }

    private byte[] written(HsDirRing ring) throws Exception {
        return of.descriptor(ring.period(), 1, List.of(), time.now());
    }
}
