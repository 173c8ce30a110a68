package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.AdvertisedBandwidth;
import io.allium.netdoc.ExitPolicy;
import io.allium.netdoc.ExtraInfo;
import io.allium.netdoc.ExtraInfoDigest;
import io.allium.netdoc.ProtocolVersions;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterDescriptorWriter;
import io.allium.netdoc.RouterDetails;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterSecrets;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha1Digest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What we say of ourselves: our server descriptor and extra-info document, and when it is time to say it anew. Guarded by
 * {@code lock}.
 *
 * @spec dir-spec 2.1
 */
public final class SelfDescriptor {
    /** The version of C tor whose protocol we speak; authorities judge relays by it. */
    public static final String TOR_VERSION = "0.4.9.11";

    /** What we do, and no more: clients take each word for a promise. */
    static final ProtocolVersions PROTOCOLS =
            ProtocolVersions.of("Conflux=1 Cons=1-2 Desc=1-4 FlowCtrl=1-2 HSIntro=4-5 HSRend=1-2 Link=4-5 LinkAuth=3"
                    + " Microdesc=1-3 Relay=2-4");

    /** The same with a directory cache, which has consensus diffs and keeps onion services' descriptors. */
    static final ProtocolVersions PROTOCOLS_OF_CACHE = ProtocolVersions.of(
            "Conflux=1 Cons=1-2 Desc=1-4 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5 HSRend=1-2 Link=4-5 LinkAuth=3"
                    + " Microdesc=1-3 Relay=2-4");

    /** A descriptor is replaced at this age, whatever happens: FORCE_REGENERATE_DESCRIPTOR_INTERVAL of C tor. */
    static final Duration AGE_MAX = Duration.ofHours(18);

    /** At this age already if authorities seem not to have it: FAST_RETRY_DESCRIPTOR_INTERVAL of C tor. */
    static final Duration AGE_MAX_UNLISTED = Duration.ofMinutes(90);

    /** A bandwidth that doubled or halved is told, but not more often than this: MAX_BANDWIDTH_CHANGE_FREQ of C tor. */
    static final Duration BANDWIDTH_CHANGE_AGE = Duration.ofHours(3);

    /** And only while we are young, for later descriptors will tell it soon enough: MAX_UPTIME_BANDWIDTH_CHANGE. */
    static final Duration BANDWIDTH_CHANGE_UPTIME = Duration.ofDays(1);

    private static final int BANDWIDTH_CHANGE_FACTOR = 2;

    /** How long an overload is told: dir-spec 2.1.1, overload-general. */
    static final Duration OVERLOAD_TOLD = Duration.ofDays(3);

    private static final int OVERLOAD_VERSION = 1;
    private static final DateTimeFormatter OVERLOAD_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * Both documents.
     *
     * @param router the server descriptor
     * @param extraInfo the extra-info document that it names
     * @param routerDigest by which consensuses name the server descriptor
     * @param extraInfoDigest by which the server descriptor names the other
     * @param observed the observed bandwidth that it tells
     */
    public record Documents(
            byte[] router,
            byte[] extraInfo,
            Sha1Digest routerDigest,
            Sha1Digest extraInfoDigest,
            Instant published,
            long observed) {}

    /**
     * What the newest consensus says of us.
     *
     * @param validAfter when it became valid
     * @param ours our entry, if there is one
     */
    public record Listing(Instant validAfter, Optional<RouterStatus> ours) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Log log;
    private final RelayOptions options;
    private final RelayKeys keys;
    private final ExitPolicy policy;
    private final ObservedBandwidth bandwidth;
    private final OnionStatistics statistics;
    private final String platform;
    private final long began;
    private @Nullable Documents current;
    private @Nullable Instant overloaded;

    /**
     * @param platform the operating system and version of ours, such as {@code "(Allium 0.1.0) on Linux"}
     */
    public SelfDescriptor(
            Time time,
            Log log,
            RelayOptions options,
            RelayKeys keys,
            ExitPolicy policy,
            ObservedBandwidth bandwidth,
            OnionStatistics statistics,
            String platform) {
        this.time = time;
        this.log = log;
        this.options = options;
        this.keys = keys;
        this.policy = policy;
        this.bandwidth = bandwidth;
        this.statistics = statistics;
        this.platform = platform;
        this.began = time.nanos();
    }

    public Fingerprint fingerprint() {
        return keys.fingerprint();
    }

    /** From now on our documents tell that we were overloaded in that hour, until it has been a while. */
    void overloaded(Instant hour) {
        lock.lock();
        try {
            overloaded = hour;
        } finally {
            lock.unlock();
        }
    }

    /** The documents that hold now; the first call makes them. */
    public Documents current() {
        lock.lock();
        try {
            if (current == null) {
                current = build();
            }
            return current;
        } finally {
            lock.unlock();
        }
    }

    /** Documents as they would be made now, which nobody else will see. */
    Documents fresh() {
        lock.lock();
        try {
            return build();
        } finally {
            lock.unlock();
        }
    }

    /** New documents in their place. */
    public Documents rebuild(String why) {
        log.info(Log.Domain.OR, "Decided to publish new relay descriptor: " + why);
        lock.lock();
        try {
            current = build();
            return current;
        } finally {
            lock.unlock();
        }
    }

    /** Why the documents are due to be made anew, if they are. */
    public Optional<String> isDue(Optional<Listing> listing) {
        Documents held = current();
        Duration age = Duration.between(held.published(), time.now());
        if (age.compareTo(AGE_MAX) >= 0) {
            return Optional.of("time for new descriptor");
        }
        if (age.compareTo(AGE_MAX_UNLISTED) >= 0 && listing.isPresent()) {
            Optional<RouterStatus> ours = listing.get().ours();
            if (ours.isEmpty()) {
                return Optional.of("not listed in consensus");
            }
            if (ours.get().flags().has(RouterFlag.STALE_DESC)
                    && listing.get().validAfter().isAfter(held.published())) {
                return Optional.of("listed as stale in consensus");
            }
        }
        return hasBandwidthChanged(held, age) ? Optional.of("bandwidth has changed") : Optional.empty();
    }

    private boolean hasBandwidthChanged(Documents held, Duration age) {
        long then = held.observed();
        long now = bandwidth.observed();
        if (uptime().compareTo(BANDWIDTH_CHANGE_UPTIME) > 0) {
            return false;
        }
        boolean much = now > then * BANDWIDTH_CHANGE_FACTOR || now < then / BANDWIDTH_CHANGE_FACTOR;
        return much && (then == 0 || age.compareTo(BANDWIDTH_CHANGE_AGE) >= 0);
    }

    private Duration uptime() {
        return Duration.ofNanos(time.nanos() - began);
    }

    private Documents build() {
        OnionKeys onionKeys = keys.onionKeys();
        SigningKey signing = keys.signing();
        RouterSecrets secrets = new RouterSecrets(
                keys.rsaIdentity(),
                signing.certificate(),
                signing.pair(),
                onionKeys.tap(),
                onionKeys.ntor(),
                keys.families());
        Instant published = time.now().truncatedTo(ChronoUnit.SECONDS);
        long observed = bandwidth.observed();
        byte[] extraInfo = ExtraInfo.write(options.nickname(), published, statistics.lines(), secrets);
        ExtraInfoDigest extraInfoDigest = digest(extraInfo);
        byte[] router = RouterDescriptorWriter.write(
                details(published, observed, extraInfoDigest), secrets, RelayKeys.ONION_KEY_LIFETIME);
        Sha1Digest routerDigest = checkedDigest(router);
        return new Documents(router, extraInfo, routerDigest, extraInfoDigest.sha1(), published, observed);
    }

    private RouterDetails details(Instant published, long observed, ExtraInfoDigest extraInfo) {
        Endpoint main = options.orPorts().getFirst();
        RouterDetails.Builder builder = RouterDetails.builder(
                        options.nickname(), main.address(), main.port(), published)
                .platform("Tor " + TOR_VERSION + " " + platform)
                .protocols(options.dirCache() ? PROTOCOLS_OF_CACHE : PROTOCOLS)
                .uptime(uptime().toSeconds())
                .bandwidth(new AdvertisedBandwidth(
                        Math.min(options.bandwidthRate(), options.maxAdvertisedBandwidth()),
                        Math.min(options.bandwidthBurst(), options.maxAdvertisedBandwidth()),
                        Math.min(observed, options.maxAdvertisedBandwidth())))
                .extraInfo(extraInfo)
                .cachesExtraInfo(false)
                .family(family())
                .exitPolicy(policy)
                .tunnelledDirectory(options.dirCache())
                .hiddenServiceDirectory(options.dirCache());
        options.orPorts().stream().skip(1).forEach(builder::additionalOrPort);
        options.dirPort().ifPresent(endpoint -> builder.dirPort(endpoint.port()));
        options.contact().ifPresent(builder::contact);
        options.bridge().ifPresent(builder::bridgeDistribution);
        if (overloaded != null && published.isBefore(overloaded.plus(OVERLOAD_TOLD))) {
            builder.overloadGeneral(OVERLOAD_VERSION + " " + OVERLOAD_TIME.format(overloaded));
        }
        return builder.build();
    }

    /** The family as the operator gave it, and always with ourselves in it, sorted as C tor does. */
    private List<String> family() {
        if (options.myFamily().isEmpty()) {
            return List.of();
        }
        String ourselves = "$" + keys.fingerprint().hex();
        return Stream.concat(
                        options.myFamily().stream()
                                .map(member -> member.startsWith("$") ? member.toUpperCase(Locale.ROOT) : member),
                        Stream.of(ourselves))
                .distinct()
                .sorted()
                .toList();
    }

    private static ExtraInfoDigest digest(byte[] extraInfo) {
        try {
            return ExtraInfo.parse(extraInfo).claimed().digest();
        } catch (Untrusted bug) {
            throw new IllegalStateException("we wrote an extra-info document that we cannot read", bug);
        }
    }

    /** A descriptor that our own reader refuses is never published. */
    private Sha1Digest checkedDigest(byte[] router) {
        try {
            return RouterDescriptor.parse(router)
                    .verify(RouterDescriptor.signedAt(time.now()))
                    .digest();
        } catch (Untrusted bug) {
            throw new IllegalStateException("we wrote a server descriptor that we cannot read", bug);
        }
    }
}
