package io.allium.onionservice;

import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.Subcredential;
import io.allium.crypto.TimePeriod;
import io.allium.netdoc.OnionDescriptor;
import io.allium.netdoc.OnionDescriptorLayers;
import java.time.Instant;
import java.util.Optional;

/**
 * A descriptor of a service as its client has it: verified, and opened as far as the client can. Immutable.
 *
 * @param period in which it holds
 * @param content what is in it, or why we cannot read that
 */
record KnownDescriptor(
        OnionDescriptor document,
        TimePeriod period,
        Subcredential subcredential,
        OnionDescriptorLayers.Opened content) {
    /**
     * Reads what a directory sent.
     *
     * @param key ours for this service, if it has let us in
     */
    static KnownDescriptor read(
            byte[] document,
            OnionAddress service,
            TimePeriod period,
            Ed25519Identity blinded,
            Optional<Curve25519KeyPair> key,
            int lengthLimit,
            Instant now)
            throws Untrusted {
        OnionDescriptor verified =
                OnionDescriptor.parse(document, lengthLimit).verify(OnionDescriptor.signedBy(blinded, now));
        Subcredential subcredential = Subcredential.of(service.identity(), blinded);
        return new KnownDescriptor(
                verified, period, subcredential, OnionDescriptorLayers.open(verified, subcredential, key, now));
    }

    /** The same with another key, or none. */
    KnownDescriptor reopened(Optional<Curve25519KeyPair> key, Instant now) throws Untrusted {
        return new KnownDescriptor(
                document, period, subcredential, OnionDescriptorLayers.open(document, subcredential, key, now));
    }

    boolean isReadable() {
        return content instanceof OnionDescriptorLayers.Opened.Whole;
    }

    boolean isNewerThan(KnownDescriptor other) {
        return period.number() > other.period.number()
                || period.number() == other.period.number() && document.isNewerThan(other.document);
    }
}
