package io.allium.client;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Time;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import io.allium.directory.Relay;
import io.allium.directory.Weights.Position;
import io.allium.netdoc.RouterFlag;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The relays that follow our guards on circuits of onion services. Anybody can have such circuits built, as many as he likes:
 * were any relay taken there, one of his own would soon be behind our guard, and so find it out. Of a few that are kept for
 * days ({@link Layer#SECOND}), and behind these a few for hours ({@link Layer#THIRD}), he has to wait for one of his own to
 * be taken, or get hold of one.
 *
 * <p>The second layer alone is what C tor has, and forgets when it ends ("vanguards-lite"). Where the consensus wants both for
 * services ("full vanguards"), their paths are longer, and the layers are kept in the state file. Guarded by {@code lock}.
 *
 * @spec vanguards-spec
 */
final class Vanguards {
    /** Which hop they stand for. */
    enum Layer {
        SECOND,
        THIRD;

        int hop() {
            return this == SECOND ? 2 : 3;
        }

        Parameter number() {
            return this == SECOND ? Parameter.GUARD_HS_L2_NUMBER : Parameter.GUARD_HS_L3_NUMBER;
        }

        Parameter lifetimeMin() {
            return this == SECOND ? Parameter.GUARD_HS_L2_LIFETIME_MIN : Parameter.GUARD_HS_L3_LIFETIME_MIN;
        }

        Parameter lifetimeMax() {
            return this == SECOND ? Parameter.GUARD_HS_L2_LIFETIME_MAX : Parameter.GUARD_HS_L3_LIFETIME_MAX;
        }
    }

    /** Of more relays than that in HSLayer2Nodes or HSLayer3Nodes one is drawn by its bandwidth: as in C tor. */
    private static final int PINNED_ALIKE_MAX = 20;

    /** Lines of the state file; more cannot come of the numbers that a consensus may ask for. */
    private static final int SAVED_MAX = 2 * 19;

    /** The value of {@link Parameter#VANGUARDS_HS_SERVICE}. */
    private static final int FULL = 2;

    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT);

    private record Kept(Fingerprint fingerprint, Instant expires) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final GuardEvents events;
    private final Map<Layer, List<Kept>> layers = new EnumMap<>(Layer.class);
    private ClientOptions options;

    /** @param saved values of the state file's {@code Vanguard} lines; those that make no sense are dropped */
    Vanguards(Time time, Entropy entropy, Log log, ClientOptions options, GuardEvents events, List<String> saved) {
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.options = options;
        this.events = events;
        for (Layer layer : Layer.values()) {
            layers.put(layer, new ArrayList<>());
        }
        saved.stream().limit(SAVED_MAX).forEach(this::restore);
    }

    /** Other options from now on. */
    void configure(ClientOptions newOptions) {
        lock.lock();
        try {
            options = newOptions;
        } finally {
            lock.unlock();
        }
    }

    /** Whether circuits for this have a third hop that is kept, and are longer for it. */
    boolean hasThirdLayer(boolean service, Parameters parameters) {
        lock.lock();
        try {
            return !options.hsLayer3Nodes().isEmpty() || isFull(service, parameters);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether any relay will do as this hop, because it is not kept. Those that the user names are the only ones whatever else
     * holds; C tor passes over them where the light form is switched off, and tells nobody.
     */
    boolean isFree(Layer layer, boolean service, Parameters parameters) {
        lock.lock();
        try {
            return switch (layer) {
                case SECOND -> options.hsLayer2Nodes().isEmpty() && !isFull(service, parameters) && !isLite(parameters);
                case THIRD -> !hasThirdLayer(service, parameters);
            };
        } finally {
            lock.unlock();
        }
    }

    private static boolean isFull(boolean service, Parameters parameters) {
        return service && parameters.get(Parameter.VANGUARDS_HS_SERVICE) == FULL;
    }

    private boolean isLite(Parameters parameters) {
        return options.vanguardsLiteEnabled().orElseGet(() -> parameters.isOn(Parameter.VANGUARDS_LITE_ENABLED));
    }

    /**
     * One of the relays that are kept for this hop, each as likely as any other.
     *
     * @param may what the rest of the path allows
     */
    Optional<Relay> draw(Layer layer, NetworkView view, boolean stable, Predicate<Relay> may) {
        lock.lock();
        try {
            RelaySet pinned = layer == Layer.SECOND ? options.hsLayer2Nodes() : options.hsLayer3Nodes();
            if (!pinned.isEmpty()) {
                return drawPinned(pinned, view, stable, may);
            }
            renew(layer, view);
            List<Relay> usable = kept(layer).stream()
                    .flatMap(each -> view.relay(each.fingerprint).stream())
                    .filter(relay -> isUsable(relay) && !options.excludeNodes().contains(relay) && may.test(relay))
                    .toList();
            return usable.isEmpty() ? Optional.empty() : Optional.of(entropy.pick(usable));
        } finally {
            lock.unlock();
        }
    }

    private Optional<Relay> drawPinned(RelaySet pinned, NetworkView view, boolean stable, Predicate<Relay> may) {
        Predicate<Relay> wanted =
                relay -> pinned.contains(relay) && !options.excludeNodes().contains(relay) && may.test(relay);
        List<Relay> usable = view.relays().stream()
                .filter(relay -> isUsable(relay) && (!stable || relay.has(RouterFlag.STABLE)) && wanted.test(relay))
                .toList();
        if (usable.size() > PINNED_ALIKE_MAX) {
            return view.draw(Position.MIDDLE, stable, wanted, entropy);
        }
        return usable.isEmpty() ? Optional.empty() : Optional.of(entropy.pick(usable));
    }

    /** Lets those go whose time is over or that are no longer good, and takes others for them. */
    private void renew(Layer layer, NetworkView view) {
        List<Kept> kept = kept(layer);
        Predicate<Relay> good = good(view);
        Instant now = time.now();
        for (Kept each : List.copyOf(kept)) {
            boolean stays = each.expires.isAfter(now)
                    && view.relay(each.fingerprint).filter(good).isPresent();
            if (!stays) {
                kept.remove(each);
                tell(layer, each.fingerprint, Optional.of(view), false);
            }
        }
        int wanted = view.parameters().get(layer.number());
        while (kept.size() < wanted) {
            Optional<Relay> chosen = view.draw(
                    Position.MIDDLE,
                    true,
                    relay -> good.test(relay)
                            && !options.excludeNodes().contains(relay)
                            && kept.stream().noneMatch(each -> each.fingerprint.equals(relay.fingerprint())),
                    entropy);
            if (chosen.isEmpty()) {
                break;
            }
            kept.add(new Kept(chosen.get().fingerprint(), now.plusSeconds(lifetime(layer, view.parameters()))));
            tell(layer, chosen.get().fingerprint(), Optional.of(view), true);
        }
    }

    /** Stable and Fast, as the middle of such circuits has to be; in a network that has no such relays, any. */
    private static Predicate<Relay> good(NetworkView view) {
        boolean any = view.relays().stream().anyMatch(relay -> isUsable(relay) && isStableAndFast(relay));
        return any ? Vanguards::isStableAndFast : relay -> true;
    }

    private static boolean isStableAndFast(Relay relay) {
        return relay.has(RouterFlag.STABLE) && relay.has(RouterFlag.FAST);
    }

    private static boolean isUsable(Relay relay) {
        return relay.isUsable() && relay.has(RouterFlag.RUNNING) && relay.has(RouterFlag.VALID);
    }

    /** In seconds: any between the bounds for the second layer, as in C tor, and the later of two for the third. */
    private long lifetime(Layer layer, Parameters parameters) {
        long min = parameters.get(layer.lifetimeMin());
        long span = parameters.get(layer.lifetimeMax()) - min;
        if (span <= 0) {
            return min;
        }
        long once = entropy.below(span);
        return min + (layer == Layer.SECOND ? once : Math.max(once, entropy.below(span)));
    }

    private void tell(Layer layer, Fingerprint fingerprint, Optional<NetworkView> view, boolean taken) {
        String nickname = view.flatMap(known -> known.relay(fingerprint))
                .map(Relay::nickname)
                .orElse("");
        log.info(
                Domain.GUARD,
                (taken ? "Keeping " : "Letting go of ") + fingerprint + "~" + nickname + " as a vanguard of layer "
                        + layer.hop());
        if (layer == Layer.SECOND) {
            events.guardChanged(fingerprint, nickname, taken ? GuardEvents.Change.GOOD_L2 : GuardEvents.Change.BAD_L2);
        }
    }

    /**
     * The user wants to be somebody else: others are taken, unless they are kept across restarts for good reasons.
     *
     * @param view what is known of the network, for the names of those who go
     */
    void forget(Optional<NetworkView> view) {
        lock.lock();
        try {
            if (!isLasting()) {
                layers.forEach((layer, all) -> {
                    all.forEach(each -> tell(layer, each.fingerprint, view, false));
                    all.clear();
                });
            }
        } finally {
            lock.unlock();
        }
    }

    /** The values of {@code Vanguard} lines for the state file: none for the light form, as in C tor. */
    List<String> lines() {
        lock.lock();
        try {
            List<String> lines = new ArrayList<>();
            if (isLasting()) {
                layers.forEach((layer, all) -> all.forEach(each -> lines.add("layer=" + layer.hop() + " rsa_id="
                        + each.fingerprint.hex() + " expires="
                        + each.expires.atOffset(ZoneOffset.UTC).format(ISO))));
            }
            return lines;
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is a third layer of late. */
    private boolean isLasting() {
        Instant now = time.now();
        return kept(Layer.THIRD).stream().anyMatch(each -> each.expires.isAfter(now));
    }

    private void restore(String line) {
        String[] words = line.split(" ", -1);
        try {
            Layer layer = words[0].equals("layer=2") ? Layer.SECOND : Layer.THIRD;
            Fingerprint fingerprint = Fingerprint.parse(value(words, "rsa_id"));
            Instant expires = LocalDateTime.parse(value(words, "expires"), ISO).toInstant(ZoneOffset.UTC);
            kept(layer).add(new Kept(fingerprint, expires));
        } catch (Untrusted | DateTimeParseException malformed) {
            log.warn(Domain.GUARD, "A vanguard of the state file makes no sense: " + malformed.getMessage());
        }
    }

    private static String value(String[] words, String key) {
        for (String word : words) {
            if (word.startsWith(key + "=")) {
                return word.substring(key.length() + 1);
            }
        }
        return "";
    }

    private List<Kept> kept(Layer layer) {
        return Objects.requireNonNull(layers.get(layer));
    }
}
