package io.allium.authority;

/**
 * Relays that our operator distrusts but does not reject.
 *
 * @param badExits {@code AuthDirBadExit} and those of {@code approved-routers}
 * @param middleOnly {@code AuthDirMiddleOnly} and those of {@code approved-routers}
 */
public record BadRelays(RelaySet badExits, RelaySet middleOnly) {
    public static final BadRelays NONE = new BadRelays(relay -> false, relay -> false);
}
