package io.allium.netdoc;

import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.Subcredential;
import java.time.Instant;

/**
 * What a service makes its descriptors of one time period with. The blinded secret key itself is needed but once, to certify the
 * signing key.
 *
 * @param blindedKey the service's key of that time period
 * @param signing a key for these descriptors alone
 * @param certificate in which the blinded key vouches for that
 */
public record OnionDescriptorKeys(
        Ed25519Identity blindedKey,
        Subcredential subcredential,
        Ed25519KeyPair signing,
        Ed25519Certificate certificate) {
    /**
     * Those of a service of this identity.
     *
     * @param blinded from {@link io.allium.crypto.KeyBlinding#blind}
     * @param expires when the certificate expires: C tor gives it 54 hours
     */
    public static OnionDescriptorKeys of(
            Ed25519Identity identity, Ed25519KeyPair blinded, Ed25519KeyPair signing, Instant expires) {
        Ed25519Certificate certificate = Ed25519Certificate.sign(
                Ed25519Certificate.BLINDED_SIGNS_DESCRIPTOR_SIGNING, signing.publicKey(), expires, blinded, true);
        return new OnionDescriptorKeys(
                blinded.publicKey(), Subcredential.of(identity, blinded.publicKey()), signing, certificate);
    }
}
