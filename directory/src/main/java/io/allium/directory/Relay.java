package io.allium.directory;

import io.allium.base.Endpoint;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.PortPolicy;
import io.allium.netdoc.ProtocolVersions;
import io.allium.netdoc.RouterBandwidth;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterStatus;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A relay of the consensus and, where we have its descriptor, all that a path through it needs. Immutable. */
public final class Relay {
    private final RouterStatus status;
    private final @Nullable Details details;
    private final Family family;
    private final List<Endpoint> addresses;
    private final long[] subnets;
    private final long bandwidth;
    private final int weightClass;

    /**
     * What a microdescriptor or server descriptor adds to the consensus.
     *
     * @param families the {@code family} entries as written
     * @param familyIds shared family identities
     */
    record Details(
            @Nullable Ed25519Identity identity,
            Curve25519Key onionKey,
            PortPolicy ipv4,
            PortPolicy ipv6,
            List<String> families,
            Set<String> familyIds) {
        Details {
            families = List.copyOf(families);
            familyIds = familyIds.isEmpty() ? Set.of() : new TreeSet<>(familyIds);
        }

        static Details of(Microdescriptor descriptor) {
            return new Details(
                    descriptor.identity().orElse(null),
                    descriptor.ntorOnionKey(),
                    descriptor.policy(),
                    descriptor.ipv6Policy(),
                    descriptor.family(),
                    descriptor.familyIds().isEmpty() ? Set.of() : new TreeSet<>(descriptor.familyIds()));
        }

        static Details of(RouterDescriptor descriptor) {
            Set<String> familyIds = new TreeSet<>();
            descriptor
                    .keys()
                    .familyCertificates()
                    .forEach(certificate ->
                            certificate.signedWith().ifPresent(family -> familyIds.add("ed25519:" + family.base64())));
            return new Details(
                    descriptor.identity(),
                    descriptor.ntorOnionKey(),
                    descriptor.details().exitPolicy().ipv4Summary(),
                    descriptor.details().ipv6Policy(),
                    descriptor.details().family(),
                    familyIds);
        }
    }

    Relay(RouterStatus status, @Nullable Details details) {
        this.status = status;
        this.details = details;
        this.family = details == null ? Family.NONE : Family.of(details.families());
        this.addresses = status.additionalOrPorts().isEmpty()
                ? List.of(status.orPort())
                : Stream.concat(Stream.of(status.orPort()), status.additionalOrPorts().stream())
                        .toList();
        this.subnets = new long[addresses.size()];
        for (int i = 0; i < subnets.length; i++) {
            subnets[i] = subnet(addresses.get(i).address());
        }
        this.bandwidth = status.bandwidth().map(RouterBandwidth::bandwidth).orElse(0L);
        this.weightClass = Weights.classOf(status);
    }

    /** The IPv4 /16 or, told apart by a higher bit, the IPv6 /32 of an address. */
    private static long subnet(InetAddress address) {
        byte[] raw = address.getAddress();
        int bytes = raw.length == 4 ? 2 : 4;
        long subnet = raw.length;
        for (int i = 0; i < bytes; i++) {
            subnet = subnet << 8 | (raw[i] & 0xff);
        }
        return subnet;
    }

    public Fingerprint fingerprint() {
        return status.fingerprint();
    }

    public String nickname() {
        return status.nickname();
    }

    /** What the consensus says of it. */
    public RouterStatus status() {
        return status;
    }

    /** Whether we have its descriptor, without which no circuit is built through it. */
    public boolean isUsable() {
        return details != null;
    }

    /** Its Ed25519 identity, where the descriptor is here and tells one. */
    public Optional<Ed25519Identity> identity() {
        return details == null ? Optional.empty() : Optional.ofNullable(details.identity);
    }

    /** Its ntor onion key, where the descriptor is here. */
    public Optional<Curve25519Key> onionKey() {
        return details == null ? Optional.empty() : Optional.of(details.onionKey);
    }

    /** Where it speaks Tor: IPv4 first. */
    public List<Endpoint> addresses() {
        return addresses;
    }

    public boolean has(RouterFlag flag) {
        return status.has(flag);
    }

    public ProtocolVersions protocols() {
        return status.protocols();
    }

    /** In kilobytes a second, as the consensus says. */
    public long bandwidth() {
        return bandwidth;
    }

    int weightClass() {
        return weightClass;
    }

    /** Whether it may leave the network at all. */
    public boolean isExit() {
        return details != null
                && !has(RouterFlag.BAD_EXIT)
                && !(details.ipv4.rejectsAll() && details.ipv6.rejectsAll());
    }

    /** Whether its policy lets most addresses of that kind be reached at the port. */
    public boolean exitsTo(int port, boolean ipv6) {
        return isExit() && details != null && (ipv6 ? details.ipv6 : details.ipv4).allows(port);
    }

    /** Whether both lie in one network that one owner is likely to hold: an IPv4 /16 or an IPv6 /32. */
    public boolean sharesSubnetWith(Relay other) {
        for (long mine : subnets) {
            for (long its : other.subnets) {
                if (mine == its) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether each lists the other in its family. */
    boolean listsMutually(Relay other) {
        return family.lists(other) && other.family.lists(this);
    }

    boolean sharesFamilyIdWith(Relay other) {
        return details != null
                && other.details != null
                && details.familyIds.stream().anyMatch(other.details.familyIds::contains);
    }

    /** {@code $fingerprint~nickname}, as logs and the control protocol write it. */
    @Override
    public String toString() {
        return fingerprint() + "~" + nickname();
    }
}
