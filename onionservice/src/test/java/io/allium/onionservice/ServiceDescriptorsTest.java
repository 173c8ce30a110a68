package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Log;
import io.allium.base.Refused;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.OnionAddress;
import io.allium.directory.HttpHeaders;
import io.allium.directory.HttpMessage;
import io.allium.directory.NetworkView;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceDescriptorsTest {
    private final ManualTime time = new ManualTime();
    private final SeededEntropy entropy = new SeededEntropy(1);
    private final NetworkView view = TestNetwork.view(Instant.parse("2026-11-21T10:00:00Z"));
    private final KnownNetwork network = new KnownNetwork(time, () -> Optional.of(view), false);
    private final TestService service = TestService.of(entropy);
    private final OnionAddress address = service.address();
    private final Curve25519KeyPair bob = Curve25519KeyPair.generate(entropy);
    private final List<Curve25519Key> others =
            List.of(Curve25519KeyPair.generate(entropy).publicKey());
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final TaskGroup group = new TaskGroup(tasks, "test");
    private volatile ClientAuthorization keys = ClientAuthorization.NONE;
    private volatile Tasks.Body beforeAnswer = () -> {};
    private volatile HttpMessage.Response answer = HttpMessage.Response.of(404, "Not found");
    private final ServiceDescriptors descriptors = new ServiceDescriptors(
            time,
            group,
            network,
            new DescriptorFetch(
                    time,
                    entropy,
                    Log.NONE,
                    network,
                    (about, directory, request, patience) -> {
                        beforeAnswer.run();
                        return answer;
                    },
                    DescriptorEvents.NONE),
            () -> keys);

    @AfterEach
    void end() {
        group.close();
        tasks.close();
    }

    @Test
    void whoWasLockedOutIsLetInOnceTheServiceKnowsHim() throws Exception {
        keys = ClientAuthorization.of(address.identity(), bob);
        stored(1, others);

        assertThat(fetched().isReadable()).isFalse();
        assertThat(descriptors.cached(address))
                .as("for the next requests of a page")
                .isPresent();
        time.pass(ServiceDescriptors.LOCKED_OUT);
        assertThat(descriptors.cached(address)).isEmpty();
        stored(2, List.of(others.getFirst(), bob.publicKey()));
        assertThat(fetched().isReadable()).isTrue();
        time.pass(ServiceDescriptors.LOCKED_OUT);
        assertThat(descriptors.cached(address)).isPresent();
    }

    @Test
    void whereNothingNewerIsFoundWhatCannotBeReadStaysTheAnswer() throws Exception {
        stored(1, others);
        fetched();
        time.pass(ServiceDescriptors.LOCKED_OUT);
        answer = HttpMessage.Response.of(404, "Not found");

        assertThat(fetched().isReadable()).isFalse();
        assertThat(descriptors.cached(address)).isPresent();
    }

    @Test
    void whatAKeyOpensIsOpenedOnce() throws Exception {
        stored(1, List.of(bob.publicKey()));
        fetched();
        keys = ClientAuthorization.of(address.identity(), bob);
        KnownDescriptor opened = descriptors.cached(address).orElseThrow();

        assertThat(opened.isReadable()).isTrue();
        assertThat(descriptors.cached(address)).containsSame(opened);
    }

    @Test
    void whoMayNotFetchLivesOnWhatIsThere() throws Exception {
        stored(1, List.of());
        descriptors.mayFetch(false);
        assertThatThrownBy(this::fetched)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(Refused.Kind.NOT_ALLOWED))
                .hasMessageContaining("FetchHidServDescriptors");
        descriptors.mayFetch(true);
        fetched();
        descriptors.mayFetch(false);

        assertThat(descriptors.cached(address)).isPresent();
    }

    @Test
    void whatWasAskedForUnderAFormerIdentityServesNobodyElse() throws Exception {
        stored(1, List.of());
        HttpMessage.Response good = answer;
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        beforeAnswer = () -> {
            asked.countDown();
            goOn.await();
        };
        CompletableFuture<KnownDescriptor> former = new CompletableFuture<>();
        group.fork("former", () -> former.complete(fetched()));
        asked.await();
        beforeAnswer = () -> {};
        descriptors.forgetAll();
        stored(2, List.of());

        assertThat(fetched().document().revision()).isEqualTo(2);
        answer = good;
        goOn.countDown();
        assertThat(former.get().document().revision()).isEqualTo(1);
        assertThat(descriptors.cached(address).orElseThrow().document().revision())
                .isEqualTo(2);
        descriptors.forgetAll();
        assertThat(descriptors.cached(address)).isEmpty();
    }

    @Test
    void aKeyUnlocksWhatCouldNotBeRead() throws Exception {
        assertThat(descriptors.unlock(address)).as("none is there").isFalse();
        stored(1, List.of(bob.publicKey()));
        fetched();
        assertThat(descriptors.unlock(address)).as("there is no key").isFalse();
        keys = ClientAuthorization.of(address.identity(), bob);

        assertThat(descriptors.unlock(address)).isTrue();
        assertThat(descriptors.unlock(address)).as("it is open already").isFalse();
        assertThat(descriptors.document(address)).contains(answer.document(100_000));
        descriptors.forget(address);
        assertThat(descriptors.document(address)).isEmpty();
    }

    @Test
    void aDirectoryThatShouldNotHaveItMayBeAskedAllTheSame() throws Exception {
        stored(3, List.of());
        descriptors.fetchFrom(
                view.relays().getFirst(),
                address,
                time.nanos() + Duration.ofMinutes(1).toNanos());

        assertThat(descriptors.cached(address).orElseThrow().document().revision())
                .isEqualTo(3);
    }

    @Test
    void whatADirectoryWasAskedForUnderAFormerIdentityIsNotKept() throws Exception {
        stored(3, List.of());
        beforeAnswer = descriptors::forgetAll;
        descriptors.fetchFrom(
                view.relays().getFirst(),
                address,
                time.nanos() + Duration.ofMinutes(1).toNanos());

        assertThat(descriptors.cached(address)).isEmpty();
    }

    private void stored(long revision, List<Curve25519Key> clients) throws Exception {
        byte[] document =
                service.descriptor(network.rings().orElseThrow().current().period(), revision, clients, time.now());
        answer = new HttpMessage.Response(200, "OK", HttpHeaders.NONE, document);
    }

    private KnownDescriptor fetched() throws TorException, InterruptedException {
        return descriptors.fetched(address, time.nanos() + Duration.ofMinutes(2).toNanos());
    }
}
