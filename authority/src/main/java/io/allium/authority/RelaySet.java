package io.allium.authority;

import io.allium.netdoc.RouterDescriptor;

/** Relays that an operator names, by fingerprint, nickname, address or {@code *}. */
@FunctionalInterface
public interface RelaySet {
    boolean contains(RouterDescriptor relay);
}
