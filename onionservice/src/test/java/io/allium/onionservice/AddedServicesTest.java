package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Refused;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.OnionAddress;
import io.allium.testing.SeededEntropy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which services of controllers there are; that they run is for those tests that have a network. */
class AddedServicesTest {
    private final SeededEntropy entropy = new SeededEntropy(1);
    private final AddedServices services = new AddedServices();
    private final Object session = new Object();

    @Test
    void thereIsABound() throws Exception {
        for (int i = 0; i < AddedServices.SERVICES_MAX; i++) {
            assertThat(services.add(service(), Optional.of(session))).isTrue();
        }
        AddedService tooMany = service();

        assertThatThrownBy(() -> services.add(tooMany, Optional.empty()))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(Refused.Kind.RESOURCE_LIMIT));
        services.removeAll(session);
        assertThat(services.isEmpty()).isTrue();
        assertThat(services.add(tooMany, Optional.empty())).isTrue();
    }

    @Test
    void oneThatTheConfigurationHasIsNotAddedAgain() throws Exception {
        AddedService known = service();
        List<String> told = new ArrayList<>();
        services.begin(new AddedServices.Host() {
            @Override
            public OnionService make(AddedService service) {
                throw new AssertionError("it is there");
            }

            @Override
            public boolean has(OnionAddress address) {
                return address.equals(known.address());
            }

            @Override
            public void changed() {
                told.add("changed");
            }
        });

        assertThat(services.add(known, Optional.of(session))).isFalse();
        services.tellHost();
        assertThat(told).hasSize(2);
        services.end();
        assertThat(services.add(known, Optional.of(session)))
                .as("with the network disabled")
                .isTrue();
        assertThat(services.running()).isEmpty();
    }

    private AddedService service() {
        return new AddedService(
                ServiceKeys.of(Ed25519KeyPair.generate(entropy)),
                ServiceOptions.of(Path.of("unused"), List.of()),
                List.of());
    }
}
