package io.allium.authority;

import io.allium.netdoc.RouterDescriptor;

/** Relays that an operator names, by fingerprint, nickname, address or {@code *}. */
@FunctionalInterface
public interface RelaySet {
    boolean contains(RouterDescriptor relay);

    /** These and those. */
    default RelaySet or(RelaySet others) {
        return relay -> contains(relay) || others.contains(relay);
    }
}
