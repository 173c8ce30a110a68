package io.allium.sim;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.cell.Extensions;
import io.allium.cell.IntroducePlaintext;
import io.allium.cell.Introduction;
import io.allium.cell.LinkSpecifier;
import io.allium.cell.OnionServiceMessage;
import io.allium.cell.RelayCommand;
import io.allium.cell.RendezvousCookie;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.client.HsPurpose;
import io.allium.client.OnionCircuits;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.HsNtor;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.Subcredential;
import io.allium.directory.HttpMessage;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import io.allium.netdoc.IntroductionPoint;
import io.allium.netdoc.OnionDescriptor;
import io.allium.netdoc.OnionDescriptorLayers;
import io.allium.onionservice.HsDirRing;
import io.allium.onionservice.HsDirRings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Speaks with a service as a client of it would, and says what no client says. It has a Tor to build its circuits with. All
 * but the constructor belongs into a task of that Tor's host.
 */
final class Intruder {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ANSWER_MAX = 100_000;

    private final SimulatedTor tor;
    private final OnionAddress service;
    private final Entropy entropy;
    private List<IntroductionPoint> points = List.of();
    private Subcredential subcredential = Subcredential.of(new byte[Subcredential.LENGTH]);

    Intruder(SimulatedTor tor, OnionAddress service, Entropy entropy) {
        this.tor = tor;
        this.service = service;
        this.entropy = entropy;
    }

    /** Reads the service's descriptor. */
    void learn() throws TorException, InterruptedException, IOException {
        HsDirRing ring = HsDirRings.of(view(), true).current();
        Ed25519Identity blinded = KeyBlinding.blind(service.identity(), ring.period());
        subcredential = Subcredential.of(service.identity(), blinded);
        Relay directory = ring.toFetch(blinded).getFirst();
        try (OriginCircuit circuit =
                        circuits().circuitTo(HsPurpose.CLIENT_HSDIR, service.label(), target(directory), PATIENCE);
                OnionStream stream = circuit.connectDirectory(PATIENCE)) {
            stream.write(
                    HttpMessage.Request.get("/tor/hs/3/" + blinded.base64()).encode());
            byte[] document = HttpMessage.readResponse(stream, ANSWER_MAX).document(ANSWER_MAX);
            OnionDescriptor descriptor = OnionDescriptor.parse(document)
                    .verify(OnionDescriptor.signedBy(blinded, tor.host().time().now()));
            points = opened(descriptor);
        }
    }

    private List<IntroductionPoint> opened(OnionDescriptor descriptor) throws TorException {
        if (OnionDescriptorLayers.open(
                        descriptor,
                        subcredential,
                        Optional.empty(),
                        tor.host().time().now())
                instanceof OnionDescriptorLayers.Opened.Whole whole) {
            return whole.body().introductionPoints();
        }
        throw new Unreachable("the service does not serve everybody");
    }

    /** One of its introduction points. */
    IntroductionPoint anyPoint() {
        return entropy.pick(points);
    }

    /** An invitation to any relay, where nobody waits. */
    IntroducePlaintext invitation() {
        Relay relay = entropy.pick(view().relays());
        return new IntroducePlaintext(
                RendezvousCookie.generate(entropy),
                Extensions.NONE,
                relay.onionKey().orElseThrow(),
                target(relay).specifiers());
    }

    /** The same to a relay that is described so. */
    IntroducePlaintext invitation(Curve25519Key onionKey, LinkSpecifier... specifiers) {
        return new IntroducePlaintext(
                RendezvousCookie.generate(entropy), Extensions.NONE, onionKey, List.of(specifiers));
    }

    /** An invitation to where the intruder waits, and will not say a word. */
    IntroducePlaintext waiting(OriginCircuit circuit) throws TorException, InterruptedException {
        RendezvousCookie cookie = RendezvousCookie.generate(entropy);
        circuit.ask(new OnionServiceMessage.EstablishRendezvous(cookie), RelayCommand.RENDEZVOUS_ESTABLISHED, PATIENCE);
        HopTarget relay = circuit.path().getLast();
        return new IntroducePlaintext(
                cookie, Extensions.NONE, Objects.requireNonNull(relay.onionKey()), relay.specifiers());
    }

    /** A circuit to a relay where it may wait. */
    OriginCircuit rendezvousCircuit() throws TorException, InterruptedException {
        return circuits().rendezvousCircuit(service.label(), PATIENCE);
    }

    /** What a client sends that has this to say. */
    Introduction sealed(IntroductionPoint at, byte[] message) throws TorException {
        byte[] header = Introduction.header(at.authKey(), Extensions.NONE);
        HsNtor.Client handshake = HsNtor.begin(at.authKey(), at.encryptionKey(), subcredential, entropy);
        return new Introduction(at.authKey(), Extensions.NONE, handshake.seal(header, message));
    }

    Introduction sealed(IntroductionPoint at, IntroducePlaintext invitation) throws TorException {
        return sealed(at, invitation.encode(Introduction.header(at.authKey(), Extensions.NONE).length));
    }

    /** The introduction with another sealed part. */
    static Introduction with(Introduction before, byte[] encrypted) {
        return new Introduction(before.authKey(), before.extensions(), encrypted);
    }

    /** Has an introduction point pass this on. */
    void send(IntroductionPoint at, Introduction introduction) throws TorException, InterruptedException {
        try (OriginCircuit circuit = circuits()
                .circuitTo(
                        HsPurpose.CLIENT_INTRO,
                        service.label(),
                        HopTarget.described(at.specifiers(), at.onionKey()),
                        PATIENCE)) {
            circuit.ask(new OnionServiceMessage.Introduce1(introduction), RelayCommand.INTRODUCE_ACK, PATIENCE);
        }
    }

    private NetworkView view() {
        return tor.tor().view().orElseThrow();
    }

    private OnionCircuits circuits() {
        return tor.tor().client().orElseThrow().onionCircuits();
    }

    private static HopTarget target(Relay relay) {
        return new HopTarget(
                relay.fingerprint(),
                relay.identity(),
                relay.onionKey().orElseThrow(),
                relay.addresses(),
                relay.protocols().supports("Relay", 4),
                false);
    }

    /** Descriptions of relays that no service should go to. */
    List<IntroducePlaintext> badInvitations() {
        Relay good = entropy.pick(view().relays());
        Curve25519Key key = good.onionKey().orElseThrow();
        List<LinkSpecifier> all = target(good).specifiers();
        List<IntroducePlaintext> bad = new ArrayList<>();
        bad.add(invitation(key));
        bad.add(invitation(key, new LinkSpecifier.Unknown(77, entropy.bytes(40))));
        bad.add(invitation(Curve25519Key.of(new byte[Curve25519Key.LENGTH]), all.toArray(LinkSpecifier[]::new)));
        bad.add(invitation(
                key,
                new LinkSpecifier.LegacyIdentity(good.fingerprint()),
                new LinkSpecifier.Ipv4(Endpoint.parse("10.1.2.3:9001"))));
        bad.add(invitation(
                key,
                new LinkSpecifier.LegacyIdentity(good.fingerprint()),
                new LinkSpecifier.Ipv4(Endpoint.parse("99.1.2.3:9001"))));
        return bad;
    }
}
