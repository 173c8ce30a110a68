package io.allium.netdoc;

import io.allium.base.Endpoint;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a server descriptor says of its relay, besides the keys. Make one with {@link #builder}.
 *
 * @param address its IPv4 address
 * @param dirPort 0 if it has none
 * @param additionalOrPorts from {@code or-address} lines
 * @param uptime in seconds
 * @param family names and fingerprints as the operator gave them
 * @param bridgeDistribution how a bridge wants to be given away
 * @param ipv6Policy a summary of the exit policy for IPv6
 * @param tunnelledDirectory whether it answers directory requests through BEGIN_DIR
 * @param overloadGeneral the line without its keyword
 * @spec dir-spec 2.1.1
 */
public record RouterDetails(
        String nickname,
        InetAddress address,
        int orPort,
        int dirPort,
        List<Endpoint> additionalOrPorts,
        Optional<String> platform,
        ProtocolVersions protocols,
        Instant published,
        long uptime,
        AdvertisedBandwidth bandwidth,
        Optional<ExtraInfoDigest> extraInfo,
        boolean cachesExtraInfo,
        List<String> family,
        boolean hibernating,
        boolean hiddenServiceDirectory,
        Optional<String> contact,
        Optional<String> bridgeDistribution,
        ExitPolicy exitPolicy,
        PortPolicy ipv6Policy,
        boolean tunnelledDirectory,
        Optional<String> overloadGeneral) {
    public RouterDetails {
        if (!Nicknames.isNickname(nickname)) {
            throw new IllegalArgumentException("'" + nickname + "' is not a nickname");
        }
        additionalOrPorts = List.copyOf(additionalOrPorts);
        family = List.copyOf(family);
    }

    /** Where it takes connections of other relays and of clients, by IPv4. */
    public Endpoint orEndpoint() {
        return new Endpoint(address, orPort);
    }

    /** Details of a relay that exits nowhere and keeps no directory, to be filled in. */
    public static Builder builder(String nickname, InetAddress address, int orPort, Instant published) {
        return new Builder(nickname, address, orPort, published);
    }

    /** The details of a descriptor in the making. Confined to who makes it. */
    public static final class Builder {
        private final String nickname;
        private final InetAddress address;
        private final int orPort;
        private final Instant published;
        private int dirPort;
        private final List<Endpoint> additionalOrPorts = new ArrayList<>();
        private Optional<String> platform = Optional.empty();
        private ProtocolVersions protocols = ProtocolVersions.none();
        private long uptime;
        private AdvertisedBandwidth bandwidth = new AdvertisedBandwidth(0, 0, 0);
        private Optional<ExtraInfoDigest> extraInfo = Optional.empty();
        private boolean cachesExtraInfo;
        private List<String> family = List.of();
        private boolean hibernating;
        private boolean hiddenServiceDirectory;
        private Optional<String> contact = Optional.empty();
        private Optional<String> bridgeDistribution = Optional.empty();
        private ExitPolicy exitPolicy = ExitPolicy.REJECT_ALL;
        private PortPolicy ipv6Policy = PortPolicy.REJECT_ALL;
        private boolean tunnelledDirectory;
        private Optional<String> overloadGeneral = Optional.empty();

        private Builder(String nickname, InetAddress address, int orPort, Instant published) {
            this.nickname = nickname;
            this.address = address;
            this.orPort = orPort;
            this.published = published;
        }

        public Builder dirPort(int port) {
            dirPort = port;
            return this;
        }

        public Builder additionalOrPort(Endpoint endpoint) {
            additionalOrPorts.add(endpoint);
            return this;
        }

        public Builder platform(String text) {
            platform = Optional.of(text);
            return this;
        }

        public Builder protocols(ProtocolVersions versions) {
            protocols = versions;
            return this;
        }

        /** In seconds. */
        public Builder uptime(long seconds) {
            uptime = seconds;
            return this;
        }

        public Builder bandwidth(AdvertisedBandwidth advertised) {
            bandwidth = advertised;
            return this;
        }

        public Builder extraInfo(ExtraInfoDigest digest) {
            extraInfo = Optional.of(digest);
            return this;
        }

        public Builder cachesExtraInfo(boolean yes) {
            cachesExtraInfo = yes;
            return this;
        }

        public Builder family(List<String> members) {
            family = members;
            return this;
        }

        public Builder hibernating(boolean yes) {
            hibernating = yes;
            return this;
        }

        public Builder hiddenServiceDirectory(boolean yes) {
            hiddenServiceDirectory = yes;
            return this;
        }

        public Builder contact(String text) {
            contact = Optional.of(text);
            return this;
        }

        public Builder bridgeDistribution(String way) {
            bridgeDistribution = Optional.of(way);
            return this;
        }

        /** The policy, from which the summary for IPv6 follows. */
        public Builder exitPolicy(ExitPolicy policy) {
            exitPolicy = policy;
            ipv6Policy = policy.ipv6Summary();
            return this;
        }

        Builder ipv6Policy(PortPolicy policy) {
            ipv6Policy = policy;
            return this;
        }

        public Builder tunnelledDirectory(boolean yes) {
            tunnelledDirectory = yes;
            return this;
        }

        public Builder overloadGeneral(String text) {
            overloadGeneral = Optional.of(text);
            return this;
        }

        public RouterDetails build() {
            return new RouterDetails(
                    nickname,
                    address,
                    orPort,
                    dirPort,
                    additionalOrPorts,
                    platform,
                    protocols,
                    published,
                    uptime,
                    bandwidth,
                    extraInfo,
                    cachesExtraInfo,
                    family,
                    hibernating,
                    hiddenServiceDirectory,
                    contact,
                    bridgeDistribution,
                    exitPolicy,
                    ipv6Policy,
                    tunnelledDirectory,
                    overloadGeneral);
        }
    }
}
