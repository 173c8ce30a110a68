package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Refused;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.TimePeriod;
import io.allium.netdoc.OnionDescriptor;
import io.allium.testing.SeededEntropy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Descriptors of services as their clients read and keep them. */
class KnownDescriptorTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final TimePeriod PERIOD = TimePeriod.containing(NOW, 1440);

    private final SeededEntropy entropy = new SeededEntropy(1);
    private final TestService service = TestService.of(entropy);
    private final Curve25519KeyPair key = Curve25519KeyPair.generate(entropy);

    @Test
    void whatAServiceWritesItsClientsRead() throws Exception {
        KnownDescriptor known = read(PERIOD, 7, List.of(), Optional.empty());

        assertThat(known.isReadable()).isTrue();
        assertThat(known.document().revision()).isEqualTo(7);
        assertThat(ServiceDescriptors.body(known).introductionPoints()).isEmpty();
    }

    @Test
    void aServiceThatLetsSomeInSaysWhyOthersCannotReadIt() throws Exception {
        Curve25519KeyPair other = Curve25519KeyPair.generate(entropy);
        List<Curve25519Key> clients = List.of(key.publicKey());

        assertThat(refusal(read(PERIOD, 1, clients, Optional.empty())))
                .isEqualTo(Refused.Kind.ONION_AUTHORIZATION_MISSING);
        assertThat(refusal(read(PERIOD, 1, clients, Optional.of(other))))
                .isEqualTo(Refused.Kind.ONION_AUTHORIZATION_WRONG);
        KnownDescriptor locked = read(PERIOD, 1, clients, Optional.empty());
        assertThat(locked.reopened(Optional.of(key), NOW).isReadable()).isTrue();
    }

    @Test
    void aDescriptorOfAnotherServiceOrPeriodIsNotTaken() throws Exception {
        byte[] document = service.descriptor(PERIOD, 1, List.of(), NOW);
        TimePeriod next = PERIOD.next();
        Ed25519Identity blinded = KeyBlinding.blind(service.address().identity(), next);

        assertThatThrownBy(() -> KnownDescriptor.read(
                        document,
                        service.address(),
                        next,
                        blinded,
                        Optional.empty(),
                        OnionDescriptor.LENGTH_LIMIT,
                        NOW))
                .isInstanceOf(Untrusted.class);
    }

    @Test
    void ofTwoTheLaterRevisionCounts() throws Exception {
        DescriptorCache cache = new DescriptorCache();
        KnownDescriptor first = read(PERIOD, 1, List.of(), Optional.empty());
        KnownDescriptor second = read(PERIOD, 2, List.of(), Optional.empty());

        assertThat(cache.keep(service.address().identity(), first)).isSameAs(first);
        assertThat(cache.keep(service.address().identity(), second)).isSameAs(second);
        assertThat(cache.keep(service.address().identity(), first)).isSameAs(second);
        assertThat(cache.get(service.address().identity(), PERIOD)).containsSame(second);
    }

    @Test
    void aDescriptorHoldsForItsPeriod() throws Exception {
        DescriptorCache cache = new DescriptorCache();
        cache.keep(service.address().identity(), read(PERIOD, 9, List.of(), Optional.empty()));
        KnownDescriptor next = read(PERIOD.next(), 1, List.of(), Optional.empty());

        assertThat(cache.get(service.address().identity(), PERIOD.next())).isEmpty();
        assertThat(cache.keep(service.address().identity(), next)).isSameAs(next);
    }

    @Test
    void theServiceThatWasVisitedLeastLatelyMakesRoom() throws Exception {
        DescriptorCache cache = new DescriptorCache();
        KnownDescriptor any = read(PERIOD, 1, List.of(), Optional.empty());
        for (int i = 0; i < DescriptorCache.SERVICES_MAX; i++) {
            cache.keep(service(i), any);
        }
        cache.get(service(0), PERIOD);
        cache.keep(service(DescriptorCache.SERVICES_MAX), any);

        assertThat(cache.size()).isEqualTo(DescriptorCache.SERVICES_MAX);
        assertThat(cache.get(service(0), PERIOD)).isPresent();
        assertThat(cache.get(service(1), PERIOD)).isEmpty();
        cache.forgetAll();
        assertThat(cache.size()).isZero();
    }

    private static Ed25519Identity service(int number) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) number;
        bytes[1] = (byte) (number >>> 8);
        return Ed25519Identity.of(bytes);
    }

    private static Refused.Kind refusal(KnownDescriptor known) {
        try {
            ServiceDescriptors.body(known);
            throw new AssertionError("it could be read");
        } catch (Refused refused) {
            return refused.kind();
        }
    }

    private KnownDescriptor read(
            TimePeriod period, long revision, List<Curve25519Key> clients, Optional<Curve25519KeyPair> with)
            throws Exception {
        return KnownDescriptor.read(
                service.descriptor(period, revision, clients, NOW),
                service.address(),
                period,
                KeyBlinding.blind(service.address().identity(), period),
                with,
                OnionDescriptor.LENGTH_LIMIT,
                NOW);
    }
}
