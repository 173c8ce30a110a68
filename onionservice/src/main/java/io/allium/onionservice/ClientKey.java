package io.allium.onionservice;

import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.OnionAddress;
import java.util.Optional;

/**
 * A key that a service has let us in with. Immutable.
 *
 * @param name what a controller calls it
 * @param isPermanent whether it stands in a file
 */
public record ClientKey(OnionAddress service, Curve25519KeyPair key, Optional<String> name, boolean isPermanent) {}
