package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.RevisionCounter;
import io.allium.crypto.TimePeriod;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import io.allium.directory.Relay;
import io.allium.netdoc.IntroductionPoint;
import io.allium.netdoc.OnionDescriptor;
import io.allium.netdoc.OnionDescriptorBody;
import io.allium.netdoc.OnionDescriptorKeys;
import io.allium.netdoc.OnionDescriptorLayers;
import io.allium.netdoc.OnionFlowControl;
import io.allium.netdoc.ProofOfWorkParameters;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a service publishes for one time period: its keys of that time, its introduction points, and the descriptor that names
 * them. Two editions are out at any time. Confined to the task of the service.
 *
 * @spec rend-spec-v3 2.2.4.2, 2.4, 2.5
 */
final class Edition implements AutoCloseable {
    /** How long certificates in the descriptor hold: HS_DESC_CERT_LIFETIME of C tor. */
    private static final Duration CERTIFIED_FOR = Duration.ofHours(54);

    /** The versions of flow control that we know. */
    private static final String FLOW_CONTROL = "1-2";

    private final TimePeriod period;
    private final Ed25519KeyPair identity;
    private final Ed25519KeyPair blinded;
    private final Ed25519KeyPair signing;
    private final RevisionCounter counter;
    private final IntroductionPoints points;
    private final DescriptorPublisher publisher;
    private final ServiceOptions options;
    private final Time time;
    private final Entropy entropy;
    private final Revisions revisions;
    private Optional<byte[]> lastWritten = Optional.empty();

    Edition(
            TimePeriod period,
            Ed25519KeyPair identity,
            IntroductionPoints points,
            DescriptorPublisher publisher,
            ServiceOptions options,
            Time time,
            Entropy entropy,
            Revisions revisions) {
        this.period = period;
        this.identity = identity;
        this.blinded = KeyBlinding.blind(identity, period);
        this.signing = Ed25519KeyPair.generate(entropy);
        this.counter = RevisionCounter.of(blinded);
        this.points = points;
        this.publisher = publisher;
        this.options = options;
        this.time = time;
        this.entropy = entropy;
        this.revisions = revisions;
    }

    TimePeriod period() {
        return period;
    }

    IntroductionPoints points() {
        return points;
    }

    DescriptorPublisher publisher() {
        return publisher;
    }

    Ed25519Identity blindedKey() {
        return blinded.publicKey();
    }

    /** The directories that clients ask for the descriptor. */
    List<Relay> asked(HsDirRing ring) {
        return ring.toFetch(blinded.publicKey());
    }

    /** The directories that should have the descriptor. */
    List<Relay> directories(HsDirRing ring) {
        return ring.toStore(blinded.publicKey());
    }

    /**
     * The descriptor as it should be now, which no later call will give again.
     *
     * @param named the introduction points in it
     * @param valueSince when the shared random value of its ring was made
     * @param proofOfWork what clients are asked for
     */
    byte[] descriptor(
            List<OwnIntroductionPoint> named,
            Instant valueSince,
            Parameters parameters,
            List<Curve25519Key> clients,
            Optional<ProofOfWorkParameters> proofOfWork)
            throws Untrusted, ProtocolViolation {
        Instant now = time.now();
        Instant expires = now.plus(CERTIFIED_FOR);
        OnionDescriptorKeys keys = OnionDescriptorKeys.of(identity.publicKey(), blinded, signing, expires);
        long revision = revisions.next(blinded.publicKey(), counter.at(now, valueSince));
        OnionDescriptorBody body = new OnionDescriptorBody(
                List.of(),
                options.singleHop(),
                parameters.isOn(Parameter.CC_ALG)
                        ? Optional.of(new OnionFlowControl(FLOW_CONTROL, parameters.get(Parameter.CC_SENDME_INC)))
                        : Optional.empty(),
                proofOfWork,
                introductionPoints(named, expires));
        byte[] sealed = OnionDescriptorLayers.seal(keys, revision, body, clients, entropy);
        byte[] written = OnionDescriptor.write(keys, OnionDescriptor.LIFETIME_DEFAULT, revision, sealed);
        lastWritten = Optional.of(written);
        return written;
    }

    /** The descriptor as it was written last. */
    Optional<byte[]> lastWritten() {
        return lastWritten;
    }

    private List<IntroductionPoint> introductionPoints(List<OwnIntroductionPoint> named, Instant expires)
            throws Untrusted {
        List<IntroductionPoint> certified = new ArrayList<>();
        for (OwnIntroductionPoint each : named) {
            certified.add(IntroductionPoint.certify(
                    LastHop.of(each.relay()).specifiers(),
                    each.relay().onionKey().orElseThrow(() -> new Untrusted(each + " has no onion key")),
                    each.authKey().publicKey(),
                    each.encryptionKey().publicKey(),
                    signing,
                    expires));
        }
        return certified;
    }

    @Override
    public void close() {
        points.close();
    }
}
