package io.allium.onionservice;

import io.allium.base.ByteWriter;
import io.allium.crypto.Digests;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.TimePeriod;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import io.allium.directory.Relay;
import io.allium.netdoc.RouterFlag;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The relays that keep descriptors of onion services in one time period, each at a place that nobody could foresee before
 * the shared random value was known. A descriptor lies with the relays that follow its own places, of which it has a few.
 * Immutable.
 *
 * @spec rend-spec-v3 2.2.3
 */
public final class HsDirRing {
    private static final byte[] RELAY = "node-idx".getBytes(StandardCharsets.US_ASCII);
    private static final int INDEX_LENGTH = 32;
    private static final byte[] SERVICE = "store-at-idx".getBytes(StandardCharsets.US_ASCII);

    private final TimePeriod period;
    private final byte[] sharedRandom;
    private final Instant valueSince;
    private final HashRing<Relay> relays;
    private final int replicas;
    private final int spreadFetch;
    private final int spreadStore;

    private HsDirRing(
            TimePeriod period,
            byte[] sharedRandom,
            Instant valueSince,
            HashRing<Relay> relays,
            int replicas,
            int spreadFetch,
            int spreadStore) {
        this.period = period;
        this.sharedRandom = sharedRandom.clone();
        this.valueSince = valueSince;
        this.relays = relays;
        this.replicas = replicas;
        this.spreadFetch = spreadFetch;
        this.spreadStore = spreadStore;
    }

    /**
     * The ring of a period, of those relays whose descriptors are here.
     *
     * @param sharedRandom 32 bytes
     * @param valueSince when the run began in which they were made known
     */
    static HsDirRing of(NetworkView view, TimePeriod period, byte[] sharedRandom, Instant valueSince) {
        List<HashRing.Place<Relay>> places = new ArrayList<>();
        for (Relay relay : view.relays()) {
            if (relay.has(RouterFlag.HS_DIR) && relay.protocols().supports("HSDir", 2)) {
                relay.identity()
                        .ifPresent(identity ->
                                places.add(new HashRing.Place<>(relayIndex(identity, sharedRandom, period), relay)));
            }
        }
        return new HsDirRing(
                period,
                sharedRandom,
                valueSince,
                new HashRing<>(places),
                view.parameters().get(Parameter.HSDIR_N_REPLICAS),
                view.parameters().get(Parameter.HSDIR_SPREAD_FETCH),
                view.parameters().get(Parameter.HSDIR_SPREAD_STORE));
    }

    /** The time period that descriptors are stored for here. */
    public TimePeriod period() {
        return period;
    }

    /** Since when descriptors could be stored here: from when on the shared random value was known, or about to be. */
    Instant valueSince() {
        return valueSince;
    }

    /** Where clients look for the descriptor of this blinded key. */
    public List<Relay> toFetch(Ed25519Identity blinded) {
        return responsible(blinded, spreadFetch);
    }

    /** Where services store the descriptor of this blinded key: more places than clients look at, as relays come and go. */
    public List<Relay> toStore(Ed25519Identity blinded) {
        return responsible(blinded, spreadStore);
    }

    /** The place of a relay, which is one of the ring's only where it is a directory: 32 bytes. */
    byte[] index(Relay relay) {
        return relay.identity()
                .map(identity -> relayIndex(identity, sharedRandom, period))
                .orElseGet(() -> new byte[INDEX_LENGTH]);
    }

    private List<Relay> responsible(Ed25519Identity blinded, int spread) {
        List<byte[]> starts = IntStream.rangeClosed(1, replicas)
                .mapToObj(replica -> serviceIndex(blinded, replica, period))
                .toList();
        return relays.following(starts, spread);
    }

    /** Where a relay has its place. */
    static byte[] relayIndex(Ed25519Identity relay, byte[] sharedRandom, TimePeriod period) {
        byte[] numbers = new ByteWriter(16)
                .u64(period.number())
                .u64(period.lengthMinutes())
                .toBytes();
        return Digests.sha3_256(RELAY, relay.bytes(), sharedRandom, numbers);
    }

    /** Where a replica of a descriptor has its place; the first replica is 1. */
    static byte[] serviceIndex(Ed25519Identity blinded, int replica, TimePeriod period) {
        byte[] numbers = new ByteWriter(24)
                .u64(replica)
                .u64(period.lengthMinutes())
                .u64(period.number())
                .toBytes();
        return Digests.sha3_256(SERVICE, blinded.bytes(), numbers);
    }
}
