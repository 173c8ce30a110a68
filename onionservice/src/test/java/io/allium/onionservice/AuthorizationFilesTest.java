package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Untrusted;
import io.allium.crypto.Base32;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.TimePeriod;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import io.allium.directory.Relay;
import io.allium.netdoc.IntroductionPoint;
import io.allium.netdoc.OnionDescriptor;
import io.allium.netdoc.OnionDescriptorBody;
import io.allium.netdoc.OnionDescriptorKeys;
import io.allium.netdoc.OnionDescriptorLayers;
import io.allium.netdoc.OnionFlowControl;
import io.allium.testing.MemoryDisk;
import io.allium.testing.SeededEntropy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files in which services let clients in, on both sides. */
class AuthorizationFilesTest {
    private static final Path FOLDER = Path.of("/keys");

    private final MemoryDisk disk = new MemoryDisk();
    private final SeededEntropy entropy = new SeededEntropy(1);
    private final OnionAddress service =
            new OnionAddress(Ed25519KeyPair.generate(entropy).publicKey());
    private final Curve25519KeyPair key = Curve25519KeyPair.generate(entropy);

    @Test
    void aKeyIsReadWithItsService() throws Exception {
        put(FOLDER.resolve("bob.auth_private"), line() + "\n");
        put(FOLDER.resolve("notes.txt"), "nothing");

        ClientAuthorization keys = ClientAuthorization.load(disk, FOLDER, Log.NONE);

        assertThat(keys.size()).isEqualTo(1);
        assertThat(keys.key(service.identity()).orElseThrow().publicKey()).isEqualTo(key.publicKey());
        assertThat(keys.key(Ed25519KeyPair.generate(entropy).publicKey())).isEmpty();
    }

    @Test
    void aMalformedFileIsPassedOver() throws Exception {
        put(FOLDER.resolve("a.auth_private"), "nonsense");
        put(FOLDER.resolve("b.auth_private"), line());

        assertThat(ClientAuthorization.load(disk, FOLDER, Log.NONE).size()).isEqualTo(1);
    }

    @Test
    void twoKeysForOneServiceAreAMistake() throws Exception {
        put(FOLDER.resolve("a.auth_private"), line());
        put(FOLDER.resolve("b.auth_private"), line());

        assertThatThrownBy(() -> ClientAuthorization.load(disk, FOLDER, Log.NONE))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("Duplicate authorization");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "%1$s:descriptor:x25519",
                "%1$s:descriptor:x25519:%2$s:more",
                "%1$s:intro:x25519:%2$s",
                "%1$s:descriptor:ed25519:%2$s",
                "%1$s:descriptor:x25519:AAAA",
                "%1$s:descriptor:x25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "%1$s.onion:descriptor:x25519:%2$s",
                "abc:descriptor:x25519:%2$s",
            })
    void malformedLinesAreRefusedWithoutTellingTheKey(String format) {
        String secret = Base32.encode(key.secret());
        String line = String.format(format, service.label(), secret);

        assertThatThrownBy(() -> ClientAuthorization.parse(line))
                .isInstanceOf(Untrusted.class)
                .message()
                .doesNotContainIgnoringCase(secret);
    }

    @Test
    void aServiceReadsItsClients() throws Exception {
        Path folder = Path.of("/hs/authorized_clients");
        put(
                folder.resolve("alice.auth"),
                "descriptor:x25519:" + Base32.encode(key.publicKey().bytes()).toUpperCase(Locale.ROOT) + "\n");
        put(folder.resolve("bob.auth"), "descriptor:x25519:short");
        put(
                folder.resolve("carol.txt"),
                "descriptor:x25519:" + Base32.encode(key.publicKey().bytes()));

        assertThat(AuthorizedClients.load(disk, Path.of("/hs"), Log.NONE)).containsExactly(key.publicKey());
    }

    @Test
    void aDescriptorHasRoomForAllClientsThatAreRead() throws Exception {
        SeededEntropy entropy = new SeededEntropy(3);
        Instant now = Instant.parse("2026-11-21T10:00:00Z");
        Ed25519KeyPair identity = Ed25519KeyPair.generate(entropy);
        Ed25519KeyPair signing = Ed25519KeyPair.generate(entropy);
        Instant expires = now.plus(Duration.ofHours(54));
        OnionDescriptorKeys keys = OnionDescriptorKeys.of(
                identity.publicKey(), KeyBlinding.blind(identity, TimePeriod.containing(now, 1440)), signing, expires);
        List<IntroductionPoint> points = new ArrayList<>();
        for (Relay relay : TestNetwork.view(now).relays().subList(0, 3)) {
            points.add(IntroductionPoint.certify(
                    LastHop.of(relay).specifiers(),
                    relay.onionKey().orElseThrow(),
                    Ed25519KeyPair.generate(entropy).publicKey(),
                    Curve25519KeyPair.generate(entropy).publicKey(),
                    signing,
                    expires));
        }
        OnionDescriptorBody body = new OnionDescriptorBody(
                List.of(), false, Optional.of(new OnionFlowControl("1-2", 31)), Optional.empty(), points);
        List<Curve25519Key> clients = Collections.nCopies(AuthorizedClients.CLIENTS_MAX, key.publicKey());
        byte[] sealed = OnionDescriptorLayers.seal(keys, Long.MAX_VALUE, body, clients, entropy);

        assertThat(OnionDescriptor.write(keys, OnionDescriptor.LIFETIME_DEFAULT, Long.MAX_VALUE, sealed))
                .hasSizeLessThanOrEqualTo(Parameters.STANDARD.get(Parameter.HSV3_MAX_DESCRIPTOR_SIZE));
    }

    @Test
    void moreClientsThanADescriptorHasRoomForAreRefused() {
        for (int i = 0; i <= AuthorizedClients.CLIENTS_MAX; i++) {
            put(
                    Path.of("/hs/authorized_clients/" + i + ".auth"),
                    "descriptor:x25519:" + Base32.encode(key.publicKey().bytes()));
        }

        assertThatThrownBy(() -> AuthorizedClients.load(disk, Path.of("/hs"), Log.NONE))
                .isInstanceOf(LocalFailure.class);
    }

    @Test
    void onionBalanceSaysForWhomWeStandIn() throws Exception {
        assertThat(OnionBalanceFile.parse("# front\nMasterOnionAddress " + service.host() + "\n"))
                .containsExactly(service.identity());
        assertThatThrownBy(() -> OnionBalanceFile.parse("MasterOnionAddress abc.onion"))
                .isInstanceOf(Untrusted.class);
        assertThatThrownBy(() -> OnionBalanceFile.parse("Address " + service.host()))
                .isInstanceOf(Untrusted.class);
        assertThatThrownBy(() -> OnionBalanceFile.parse("\n")).isInstanceOf(Untrusted.class);
    }

    private String line() {
        return service.label() + ":descriptor:x25519:" + Base32.encode(key.secret());
    }

    private void put(Path file, String text) {
        disk.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
