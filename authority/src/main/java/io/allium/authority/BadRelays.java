package io.allium.authority;

import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterFlag;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Relays that our operator distrusts but does not reject.
 *
 * @param badExits {@code AuthDirBadExit} and those of {@code approved-routers}
 * @param middleOnly {@code AuthDirMiddleOnly} and those of {@code approved-routers}
 * @param withoutFlag those of {@code approved-routers} that never get a flag, by flag
 */
public record BadRelays(RelaySet badExits, RelaySet middleOnly, Map<RouterFlag, RelaySet> withoutFlag) {
    public static final BadRelays NONE = new BadRelays(relay -> false, relay -> false, Map.of());

    public BadRelays {
        Map<RouterFlag, RelaySet> ordered = new EnumMap<>(RouterFlag.class);
        ordered.putAll(withoutFlag);
        withoutFlag = ordered;
    }

    /** The flags that are not for this relay. */
    Set<RouterFlag> stripped(RouterDescriptor relay) {
        Set<RouterFlag> stripped = EnumSet.noneOf(RouterFlag.class);
        withoutFlag.forEach((flag, relays) -> {
            if (relays.contains(relay)) {
                stripped.add(flag);
            }
        });
        return stripped;
    }
}
