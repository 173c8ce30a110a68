package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.TimePeriod;
import io.allium.netdoc.OnionDescriptor;
import io.allium.netdoc.OnionDescriptorBody;
import io.allium.netdoc.OnionDescriptorKeys;
import io.allium.netdoc.OnionDescriptorLayers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A service made up for tests, which has no introduction points. */
record TestService(Ed25519KeyPair identity, Entropy entropy) {
    static TestService of(Entropy entropy) {
        return new TestService(Ed25519KeyPair.generate(entropy), entropy);
    }

    OnionAddress address() {
        return new OnionAddress(identity.publicKey());
    }

    /** Its descriptor, which these clients can read; everybody if there are none. */
    byte[] descriptor(TimePeriod period, long revision, List<Curve25519Key> clients, Instant now) throws Exception {
        OnionDescriptorKeys keys = OnionDescriptorKeys.of(
                identity.publicKey(),
                KeyBlinding.blind(identity, period),
                Ed25519KeyPair.generate(entropy),
                now.plus(Duration.ofHours(54)));
        OnionDescriptorBody body =
                new OnionDescriptorBody(List.of(), false, Optional.empty(), Optional.empty(), List.of());
        return OnionDescriptor.write(
                keys,
                OnionDescriptor.LIFETIME_DEFAULT,
                revision,
                OnionDescriptorLayers.seal(keys, revision, body, clients, entropy));
    }
}
