package io.allium.authority;

import io.allium.base.Endpoint;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterDetails;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether an authority wants a descriptor, in the words of C tor, which relays log.
 *
 * @spec dir-spec 3.2
 */
record Admission(SubmissionOptions options, KeyPins pins) {
    /** MAX_DESCRIPTOR_UPLOAD_SIZE of C tor: caches all over the network would have to keep it. */
    static final int LENGTH_MAX = 20_000;

    /** A relay's clock may be that far ahead; ROUTER_ALLOW_SKEW of C tor. */
    private static final Duration SKEW_MAX = Duration.ofHours(12);

    /** ROUTER_MAX_AGE_TO_PUBLISH of C tor. */
    static final Duration AGE_MAX = Duration.ofHours(24);

    /** A descriptor that says nothing new replaces one only after this long; as in C tor. */
    private static final Duration COSMETIC_MAX = Duration.ofHours(2);

    /** Uptimes may differ that much from what time has passed; as in C tor. */
    private static final Duration DRIFT_MAX = Duration.ofHours(6);

    /** Why it is not wanted, whatever else we have; absent where it is. */
    Optional<String> objection(RouterDescriptor descriptor, Instant now) {
        RouterDetails details = descriptor.details();
        if (descriptor.source().length() > LENGTH_MAX) {
            return Optional.of("Router descriptor was too large.");
        }
        if (descriptor.keys().onionKey().isEmpty()) {
            return Optional.of("Missing TAP key in descriptor.");
        }
        if (options.pinKeys() && pins.contradicts(descriptor.fingerprint(), descriptor.identity())) {
            return Optional.of("Looks like your keypair has changed? This authority previously recorded a different RSA"
                    + " identity for this Ed25519 identity (or vice versa.) Did you replace or copy some of your key"
                    + " files, but not the others? You should either restore the expected keypair, or delete your keys"
                    + " and restart Tor to start your relay with a new identity.");
        }
        Optional<String> platform = details.platform().filter(text -> text.startsWith("Tor "));
        if (platform.isPresent()) {
            Optional<TorVersion> version = TorVersion.ofPlatform(platform.get());
            if (version.isEmpty()) {
                return Optional.of("Malformed platform string.");
            }
            if (version.get().compareTo(options.minimalVersion()) < 0) {
                return Optional.of("Tor version is insecure or unsupported. Please upgrade!");
            }
        }
        if (options.rejected().contains(descriptor)) {
            return Optional.of(
                    "Fingerprint and/or ed25519 identity is marked rejected -- if you think this is a mistake"
                            + " please set a valid email address in ContactInfo and send an email to"
                            + " bad-relays@lists.torproject.org mentioning your fingerprint(s)?");
        }
        return timeOrPlace(details, now);
    }

    private Optional<String> timeOrPlace(RouterDetails details, Instant now) {
        if (details.published().isAfter(now.plus(SKEW_MAX))) {
            return Optional.of("Rejected: Your clock is set too far in the future, or your timezone is not correct.");
        }
        if (details.published().isBefore(now.minus(AGE_MAX))) {
            return Optional.of("Rejected: Server is expired, or your clock is too far in the past, or your timezone is"
                    + " not correct.");
        }
        Optional<InetAddress> ipv6 = CensusTaker.ipv6(details).map(Endpoint::address);
        boolean isPrivate = isPrivate(details.address())
                || ipv6.filter(Admission::isPrivate).isPresent();
        if (!options.privateAddresses() && isPrivate) {
            return Optional.of("Rejected: Address is a private address.");
        }
        return Optional.empty();
    }

    /** Whether the newer descriptor of a relay tells nothing that the older one did not. */
    static boolean isCosmetic(RouterDescriptor older, RouterDescriptor newer) {
        return isSame(older, newer)
                && !older.published().plus(COSMETIC_MAX).isBefore(newer.published())
                && isUptimePlausible(older.details(), newer.details());
    }

    private static boolean isSame(RouterDescriptor older, RouterDescriptor newer) {
        RouterDetails a = older.details();
        RouterDetails b = newer.details();
        return a.orEndpoint().equals(b.orEndpoint())
                && a.dirPort() == b.dirPort()
                && a.additionalOrPorts().equals(b.additionalOrPorts())
                && a.nickname().equalsIgnoreCase(b.nickname())
                && older.keys().onionKey().equals(newer.keys().onionKey())
                && older.ntorOnionKey().equals(newer.ntorOnionKey())
                && a.platform().equals(b.platform())
                && a.protocols().equals(b.protocols())
                && a.contact().equals(b.contact())
                && a.hibernating() == b.hibernating()
                && a.exitPolicy().equals(b.exitPolicy())
                && a.tunnelledDirectory() == b.tunnelledDirectory()
                && a.family().equals(b.family())
                && a.bandwidth().rate() == b.bandwidth().rate()
                && a.bandwidth().burst() == b.bandwidth().burst()
                && a.bandwidth().observed() >= b.bandwidth().observed() / 2
                && b.bandwidth().observed() >= a.bandwidth().observed() / 2;
    }

    private static boolean isUptimePlausible(RouterDetails older, RouterDetails newer) {
        long passed = Duration.between(older.published(), newer.published()).toSeconds();
        long off = Math.abs(newer.uptime() - (older.uptime() + passed));
        return off <= DRIFT_MAX.toSeconds() || off <= older.uptime() / 20 || off <= newer.uptime() / 20;
    }

    private static boolean isPrivate(InetAddress address) {
        byte[] raw = address.getAddress();
        int first = raw[0] & 0xff;
        int second = raw[1] & 0xff;
        return address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || (raw.length == 4 && first == 0)
                || (raw.length == 4 && first == 100 && second >= 64 && second < 128) // shared by carriers (RFC 6598)
                || (raw.length == 16 && (first & 0xfe) == 0xfc); // unique local (RFC 4193)
    }
}
