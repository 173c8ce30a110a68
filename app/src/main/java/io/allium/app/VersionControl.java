package io.allium.app;

import io.allium.control.ControlCatalogue;
import io.allium.control.ControlPart;
import io.allium.directory.NetworkView;
import io.allium.netdoc.ConsensusHeader;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the authorities think of our version, as controllers see it. Immutable.
 *
 * @spec control-spec 3.9
 */
final class VersionControl implements ControlPart {
    private final Supplier<Optional<NetworkView>> view;
    private final BooleanSupplier isRelay;

    /** @param view nothing while there is no consensus */
    VersionControl(Supplier<Optional<NetworkView>> view, BooleanSupplier isRelay) {
        this.view = view;
        this.isRelay = isRelay;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key(
                        "status/version/recommended",
                        "The versions that the authorities recommend.",
                        () -> recommended().map(all -> String.join(",", all)).orElse("?"))
                .key(
                        "status/version/current",
                        "How ours stands to them.",
                        () -> recommended().map(VersionControl::standing).orElse("unknown"));
    }

    private Optional<List<String>> recommended() {
        Optional<ConsensusHeader> header = view.get().map(now -> now.consensus().header());
        return header.map(isRelay.getAsBoolean() ? ConsensusHeader::serverVersions : ConsensusHeader::clientVersions);
    }

    private static String standing(List<String> recommended) {
        return switch (new VersionAdvice(Version.TOR, recommended).standing()) {
            case RECOMMENDED -> "recommended";
            case NO_OPINION -> "none recommended";
            case NEW -> "new";
            case NEW_IN_SERIES -> "new in series";
            case OBSOLETE -> "obsolete";
            case UNRECOMMENDED -> "unrecommended";
        };
    }
}
