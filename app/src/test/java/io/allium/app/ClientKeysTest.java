package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.crypto.Base32;
import io.allium.crypto.Curve25519KeyPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientKeysTest {
    @TempDir
    Path service;

    private final SystemDisk disk = new SystemDisk();

    @Test
    void theAddressKnowsThePublicHalvesAlone() throws Exception {
        Map<String, String> made = ClientKeys.make(service, 2, new SystemEntropy(), disk);
        assertThat(made.keySet()).containsExactly("client1", "client2");
        for (String name : made.keySet()) {
            Curve25519KeyPair key = Curve25519KeyPair.ofSecret(Base32.decode(made.get(name)));
            assertThat(Files.readString(service.resolve("authorized_clients/" + name + ".auth")))
                    .isEqualTo(
                            "descriptor:x25519:" + Base32.encode(key.publicKey().bytes()) + "\n");
            assertThat(made.get(name)).hasSize(52);
        }
        assertThat(ClientKeys.privateLine("abc.onion", "KEY")).isEqualTo("abc:descriptor:x25519:KEY");
    }

    @Test
    void whoHasAKeyKeepsIt() throws Exception {
        ClientKeys.make(service, 1, new SystemEntropy(), disk);
        String first = Files.readString(service.resolve("authorized_clients/client1.auth"));
        assertThat(ClientKeys.make(service, 3, new SystemEntropy(), disk).keySet())
                .containsExactly("client2", "client3");
        assertThat(ClientKeys.make(service, 1, new SystemEntropy(), disk)).isEmpty();
        assertThat(ClientKeys.count(service, disk)).isEqualTo(3);
        assertThat(service.resolve("authorized_clients/client1.auth")).hasContent(first);
    }

    @Test
    void withoutKeysEverybodyGetsIn() throws Exception {
        assertThat(ClientKeys.make(service, 0, new SystemEntropy(), disk)).isEmpty();
        assertThat(ClientKeys.count(service, disk)).isZero();
    }
}
