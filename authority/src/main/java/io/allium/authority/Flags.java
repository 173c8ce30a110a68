package io.allium.authority;

import io.allium.netdoc.FlagSet;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterFlag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * Which flags a relay deserves.
 *
 * @param thresholds measured on the network as it is now
 * @spec dir-spec 3.4.2
 */
record Flags(FlagThresholds thresholds, FlagOptions options) {

    /** The flags that we always have an opinion on. */
    private static final List<RouterFlag> ALWAYS = List.of(
            RouterFlag.AUTHORITY,
            RouterFlag.EXIT,
            RouterFlag.FAST,
            RouterFlag.GUARD,
            RouterFlag.HS_DIR,
            RouterFlag.STABLE,
            RouterFlag.STALE_DESC,
            RouterFlag.SYBIL,
            RouterFlag.V2_DIR,
            RouterFlag.VALID);

    /** The flags that we have an opinion on. */
    static FlagSet known(FlagOptions options, boolean votesOnRunning) {
        List<RouterFlag> known = new ArrayList<>(ALWAYS);
        if (votesOnRunning) {
            known.add(RouterFlag.RUNNING);
        }
        if (options.listBadExits()) {
            known.add(RouterFlag.BAD_EXIT);
        }
        if (options.listMiddleOnly()) {
            known.add(RouterFlag.MIDDLE_ONLY);
        }
        return FlagSet.of(known.toArray(RouterFlag[]::new));
    }

    /** The flags of one relay. */
    FlagSet of(RouterDescriptor descriptor, RelayFacts facts) {
        EnumSet<RouterFlag> flags = EnumSet.noneOf(RouterFlag.class);
        give(flags, RouterFlag.AUTHORITY, facts.authority());
        give(flags, RouterFlag.EXIT, facts.exit());
        give(flags, RouterFlag.FAST, isFast(facts));
        give(flags, RouterFlag.GUARD, isGuard(facts));
        give(flags, RouterFlag.HS_DIR, isHsDir(facts));
        give(flags, RouterFlag.RUNNING, facts.running());
        give(flags, RouterFlag.STABLE, isStable(facts));
        give(flags, RouterFlag.STALE_DESC, facts.stale());
        give(flags, RouterFlag.V2_DIR, facts.servesDirectory());
        give(flags, RouterFlag.VALID, facts.valid());
        give(flags, RouterFlag.BAD_EXIT, options.listBadExits() && facts.badExit());
        if (options.listMiddleOnly() && facts.middleOnly()) {
            confineToTheMiddle(flags);
        }
        flags.removeAll(facts.stripped());
        choose(flags, RouterFlag.EXIT, options.voteExit(), descriptor);
        choose(flags, RouterFlag.GUARD, options.voteGuard(), descriptor);
        choose(flags, RouterFlag.HS_DIR, options.voteHsDir(), descriptor);
        if (facts.sybil()) {
            // A bad exit stays one, whatever else it is.
            flags.retainAll(EnumSet.of(RouterFlag.BAD_EXIT, RouterFlag.MIDDLE_ONLY, RouterFlag.STALE_DESC));
            flags.add(RouterFlag.SYBIL);
        }
        return FlagSet.of(flags.toArray(RouterFlag[]::new));
    }

    private boolean isFast(RelayFacts relay) {
        return relay.credibleBandwidth(thresholds.ignoringAdvertised()) >= thresholds.fast();
    }

    private boolean isStable(RelayFacts relay) {
        if (thresholds.enoughMtbf()) {
            return relay.mtbf()
                    >= Math.min(thresholds.stableMtbf(), (double)
                            options.guaranteedMtbf().toSeconds());
        }
        long uptime = relay.uptime().toSeconds();
        return uptime >= thresholds.stableUptime()
                || uptime >= options.guaranteedUptime().toSeconds();
    }

    private boolean isGuard(RelayFacts relay) {
        long bandwidth = relay.credibleBandwidth(thresholds.ignoringAdvertised());
        long needed = Math.min(thresholds.guardBandwidth(), thresholds.guardBandwidthWithoutExits());
        long guaranteed = options.guardBandwidthGuarantee() / 1000;
        return isFast(relay)
                && isStable(relay)
                && relay.servesDirectory()
                && (bandwidth >= needed || (guaranteed > 0 && bandwidth >= guaranteed))
                && relay.wfu() >= thresholds.guardWfu()
                && relay.timeKnown() >= thresholds.guardTimeKnown();
    }

    private boolean isHsDir(RelayFacts relay) {
        Duration uptime = relay.observedUptime()
                .filter(observed -> observed.compareTo(relay.uptime()) < 0)
                .orElse(relay.uptime());
        return relay.wantsToBeHsDir()
                && relay.servesDirectory()
                && isStable(relay)
                && isFast(relay)
                && relay.isActive()
                && uptime.compareTo(options.hsDirUptime()) >= 0;
    }

    private void confineToTheMiddle(EnumSet<RouterFlag> flags) {
        flags.add(RouterFlag.MIDDLE_ONLY);
        flags.removeAll(EnumSet.of(RouterFlag.EXIT, RouterFlag.GUARD, RouterFlag.HS_DIR, RouterFlag.V2_DIR));
        give(flags, RouterFlag.BAD_EXIT, options.listBadExits());
    }

    private static void choose(
            EnumSet<RouterFlag> flags, RouterFlag flag, FlagOptions.Chosen chosen, RouterDescriptor descriptor) {
        if (chosen.relays().contains(descriptor)) {
            flags.add(flag);
        } else if (chosen.strict()) {
            flags.remove(flag);
        }
    }

    private static void give(EnumSet<RouterFlag> flags, RouterFlag flag, boolean deserved) {
        if (deserved) {
            flags.add(flag);
        }
    }
}
