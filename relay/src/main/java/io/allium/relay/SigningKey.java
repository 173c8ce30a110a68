package io.allium.relay;

import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519KeyPair;

/**
 * The key that signs for the relay day by day. Immutable.
 *
 * @param pair the key
 * @param certificate in which the identity vouches for it until some day
 * @spec cert-spec 2.1
 */
public record SigningKey(Ed25519KeyPair pair, Ed25519Certificate certificate) {}
