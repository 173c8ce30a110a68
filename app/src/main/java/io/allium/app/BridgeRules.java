package io.allium.app;

import io.allium.base.LocalFailure;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** What the options of a bridge must be like, and to whom a descriptor may go, in the words of C tor. */
final class BridgeRules {
    /** To whom {@code PublishServerDescriptor} may send us; the older ones mean nobody any more. */
    private static final List<String> TO_WHOM = List.of("", "0", "1", "v1", "v2", "v3", "bridge", "hidserv");

    /** The ways to hand bridges out that the bridge database knows. */
    private static final List<String> WAYS = List.of("none", "any", "https", "email", "settings");

    private final Options options;

    private BridgeRules(Options options) {
        this.options = options;
    }

    /** Throws the first thing that is wrong; {@code warnings} hears what is not as it was asked for. */
    static void check(Options options, Consumer<String> warnings) throws LocalFailure {
        BridgeRules rules = new BridgeRules(options);
        rules.checkPublication();
        rules.checkDistribution(warnings);
        if (options.flag("BridgeRelay")) {
            rules.checkBridge();
            rules.warn(warnings);
        }
    }

    private void checkPublication() throws LocalFailure {
        for (String whom : options.list("PublishServerDescriptor")) {
            if (!TO_WHOM.contains(whom.strip().toLowerCase(Locale.ROOT))) {
                throw new LocalFailure("Unrecognized value in PublishServerDescriptor");
            }
        }
        boolean toVoters = RelayConfiguration.isPublished(options, false);
        if (toVoters && (options.flag("BridgeRelay") || RelayConfiguration.isPublished(options, true))) {
            throw new LocalFailure("Bridges are not supposed to publish router descriptors to the directory"
                    + " authorities. Please correct your PublishServerDescriptor line.");
        }
    }

    private void checkDistribution(Consumer<String> warnings) throws LocalFailure {
        String way = options.text("BridgeDistribution").orElse("");
        if (!way.isEmpty() && !options.flag("BridgeRelay")) {
            throw new LocalFailure("You set BridgeDistribution, but you didn't set BridgeRelay!");
        }
        if (!way.matches("[A-Za-z0-9_-]*")) {
            throw new LocalFailure("Invalid BridgeDistribution value.");
        }
        if (!way.isEmpty() && !WAYS.contains(way.toLowerCase(Locale.ROOT))) {
            warnings.accept(
                    "Unrecognized BridgeDistribution value " + way + ". I'll assume you know what you are doing...");
        }
    }

    private void checkBridge() throws LocalFailure {
        if (PortLine.read(options, "ORPort", PortLine.Kind.SERVER).isEmpty()) {
            throw new LocalFailure("BridgeRelay is 1, ORPort is not set. This is an invalid combination.");
        }
        if (!options.flag("DirCache")) {
            throw new LocalFailure("We're a bridge but DirCache is disabled. BridgeRelay requires DirCache.");
        }
    }

    private void warn(Consumer<String> warnings) throws LocalFailure {
        if (!PortLine.read(options, "DirPort", PortLine.Kind.SERVER).isEmpty()) {
            warnings.accept("Can't set a DirPort on a bridge relay; disabling DirPort");
        }
        boolean wantsToBeExit = options.flagOrAuto("ExitRelay")
                .orElse(!options.lines("ExitPolicy").isEmpty() || options.flag("ReducedExitPolicy"));
        if (wantsToBeExit) {
            warnings.accept(
                    "BridgeRelay is 1, but ExitRelay is 1 or an ExitPolicy is configured. Tor will start, but it"
                            + " will not function as an exit relay.");
        }
        if (!options.lines("MyFamily").isEmpty()) {
            warnings.accept("Listing a family for a bridge relay is not supported: it can reveal bridge fingerprints to"
                    + " censors. You should also make sure you aren't listing this bridge's fingerprint in any other"
                    + " MyFamily.");
        }
    }
}
