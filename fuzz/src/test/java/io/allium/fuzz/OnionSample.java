package io.allium.fuzz;

import io.allium.base.Entropy;
import io.allium.base.SystemEntropy;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.OnionDescriptorCipher;
import io.allium.crypto.Subcredential;
import io.allium.netdoc.OnionDescriptor;
import io.allium.netdoc.OnionDescriptorLayers;
import io.allium.netdoc.Slice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/** A descriptor that C tor made, with the encryption that lets other texts take the place of its layers. */
final class OnionSample {
    /** When it was valid. */
    static final Instant NOW = Instant.parse("2026-11-20T11:24:00Z");

    private static final Entropy ENTROPY = new SystemEntropy();
    private static final OnionDescriptor DESCRIPTOR = read();
    private static final Subcredential SUBCREDENTIAL = Subcredential.of(
            Ed25519Identity.of(
                    HexFormat.of().parseHex("61cbaa65651a3c6462dff42fa5a5c8b4e71f0669c25e6821f8492b698d186e34")),
            DESCRIPTOR.blindedKey());
    private static final Curve25519KeyPair CLIENT = Curve25519KeyPair.generate(ENTROPY);
    private static final byte[] NOTHING = {};

    private OnionSample() {}

    private static OnionDescriptor read() {
        try (InputStream in = Objects.requireNonNull(
                OnionSample.class.getResourceAsStream("DocumentFuzzTestInputs/onionDescriptor/of-c-tor"))) {
            return OnionDescriptor.parse(in.readAllBytes()).claimed();
        } catch (IOException | Untrusted missing) {
            throw new IllegalStateException(missing);
        }
    }

    static OnionDescriptorLayers.Opened openMiddle(byte[] text) throws Untrusted {
        byte[] sealed = OnionDescriptorCipher.outer(DESCRIPTOR.blindedKey(), SUBCREDENTIAL, DESCRIPTOR.revision())
                .seal(text, ENTROPY);
        OnionDescriptor changed = new OnionDescriptor(
                Slice.empty(),
                DESCRIPTOR.lifetime(),
                DESCRIPTOR.blindedKey(),
                DESCRIPTOR.certificate(),
                DESCRIPTOR.revision(),
                Slice.of(sealed),
                Slice.of(NOTHING),
                Slice.of(NOTHING));
        return OnionDescriptorLayers.open(changed, SUBCREDENTIAL, Optional.of(CLIENT), NOW);
    }

    static OnionDescriptorLayers.Opened openInner(byte[] text) throws Untrusted {
        byte[] sealed = OnionDescriptorCipher.inner(
                        DESCRIPTOR.blindedKey(), Optional.empty(), SUBCREDENTIAL, DESCRIPTOR.revision())
                .seal(text, ENTROPY);
        String middle = "desc-auth-type x25519\n"
                + "desc-auth-ephemeral-key " + CLIENT.publicKey().paddedBase64() + "\n"
                + "auth-client O5zSZLL4gf4 uTG65ObHQzY0nK9xHKd7Iw WYNcIa6m1tr+2OZR3djKyg\n"
                + "encrypted\n-----BEGIN MESSAGE-----\n" + Base64.getEncoder().encodeToString(sealed)
                + "\n-----END MESSAGE-----";
        return openMiddle(middle.getBytes(StandardCharsets.US_ASCII));
    }
}
