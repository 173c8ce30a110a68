package io.allium.netdoc;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.DescriptorCookie;
import io.allium.crypto.OnionDescriptorCipher;
import io.allium.crypto.Subcredential;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The two layers of encryption in an onion service's descriptor: who knows the address takes off the outer one, and finds the
 * inner one beside keys to it for those clients that the service authorizes, if it does not serve everybody.
 *
 * @spec rend-spec-v3 2.5
 */
public final class OnionDescriptorLayers {
    private OnionDescriptorLayers() {}

    /** What a client finds who knows the address. */
    public sealed interface Opened {
        /** All of it. */
        record Whole(OnionDescriptorBody body) implements Opened {}

        /** Only some clients may read it, and no key was given. */
        record NeedsClientKey() implements Opened {}

        /** Only some clients may read it, and the key that was given is not of one of them. */
        record WrongClientKey() implements Opened {}
    }

    /**
     * Takes off both layers.
     *
     * @param descriptor whose signature was found good, and is of the right blinded key
     * @param clientKey our key for this service, if we have one; a service that serves everybody does not mind it
     * @param now when the introduction points' certificates must hold
     */
    public static Opened open(
            OnionDescriptor descriptor, Subcredential subcredential, Optional<Curve25519KeyPair> clientKey, Instant now)
            throws Untrusted {
        AuthorizedClients clients = openOuter(descriptor, subcredential);
        Optional<DescriptorCookie> cookie =
                clientKey.isPresent() ? find(clients, clientKey.get(), subcredential) : Optional.empty();
        Optional<byte[]> plaintext = OnionDescriptorCipher.inner(
                        descriptor.blindedKey(), cookie, subcredential, descriptor.revision())
                .open(clients.encrypted().bytes());
        if (plaintext.isEmpty()) {
            return clientKey.isPresent() ? new Opened.WrongClientKey() : new Opened.NeedsClientKey();
        }
        byte[] text = unpadded(plaintext.get());
        return new Opened.Whole(OnionDescriptorBody.parse(text, descriptor.signingKey(), now));
    }

    /** Takes off the outer layer. */
    static AuthorizedClients openOuter(OnionDescriptor descriptor, Subcredential subcredential) throws Untrusted {
        byte[] plaintext = OnionDescriptorCipher.outer(descriptor.blindedKey(), subcredential, descriptor.revision())
                .open(descriptor.superencrypted().bytes())
                .orElseThrow(() -> new Untrusted("onion service descriptor: its outer layer does not open"));
        return AuthorizedClients.parse(unpadded(plaintext));
    }

    private static Optional<DescriptorCookie> find(
            AuthorizedClients clients, Curve25519KeyPair clientKey, Subcredential subcredential) throws Untrusted {
        try {
            return DescriptorCookie.find(clients.cookies(), clientKey, clients.ephemeralKey(), subcredential);
        } catch (ProtocolViolation wrong) {
            throw new Untrusted("desc-auth-ephemeral-key: " + wrong.getMessage(), wrong);
        }
    }

    /** NULs pad the text, whose last newline C tor leaves out of the middle layer. */
    private static byte[] unpadded(byte[] plaintext) {
        int length = 0;
        while (length < plaintext.length && plaintext[length] != 0) {
            length++;
        }
        boolean complete = length == 0 || plaintext[length - 1] == '\n';
        byte[] text = Arrays.copyOf(plaintext, complete ? length : length + 1);
        if (!complete) {
            text[length] = '\n';
        }
        return text;
    }

    /**
     * Puts both layers around a body.
     *
     * @param revision unsigned, the descriptor's
     * @param clients who may read it, everybody if there are none; a key of small order is refused
     */
    public static byte[] seal(
            OnionDescriptorKeys keys,
            long revision,
            OnionDescriptorBody body,
            List<Curve25519Key> clients,
            Entropy entropy)
            throws ProtocolViolation {
        Optional<DescriptorCookie> cookie =
                clients.isEmpty() ? Optional.empty() : Optional.of(DescriptorCookie.generate(entropy));
        byte[] inner = OnionDescriptorCipher.inner(keys.blindedKey(), cookie, keys.subcredential(), revision)
                .seal(body.encode(), entropy);
        byte[] middle = AuthorizedClients.of(cookie, clients, keys.subcredential(), Slice.of(inner), entropy)
                .encode();
        int padded = Math.ceilDiv(middle.length, PADDING_MULTIPLE) * PADDING_MULTIPLE;
        return OnionDescriptorCipher.outer(keys.blindedKey(), keys.subcredential(), revision)
                .seal(Arrays.copyOf(middle, padded), entropy);
    }

    /** So that the length tells little about introduction points and clients: rend-spec-v3 2.5.1.1. */
    private static final int PADDING_MULTIPLE = 10_000;
}
