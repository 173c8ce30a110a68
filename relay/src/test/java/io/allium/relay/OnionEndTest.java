package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.ByteWriter;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.DestroyReason;
import io.allium.cell.EndReason;
import io.allium.cell.Extensions;
import io.allium.cell.HandshakeType;
import io.allium.cell.IntroPointClaim;
import io.allium.cell.IntroduceStatus;
import io.allium.cell.Introduction;
import io.allium.cell.IntroductionLimits;
import io.allium.cell.LinkSpecifier;
import io.allium.cell.OnionServiceMessage;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.cell.RendezvousCookie;
import io.allium.channel.Channel;
import io.allium.channel.ChannelEvents;
import io.allium.channel.Channels;
import io.allium.crypto.Ed25519KeyPair;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A relay as introduction point and as rendezvous point, over real channels on loopback. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnionEndTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final byte[] HANDSHAKE = new byte[148];

    private final SystemTime time = new SystemTime();
    private final Entropy entropy = new SystemEntropy();
    private final Tasks tasks = new ThreadTasks(Log.NONE, 2);
    private final Channels client =
            new Channels(time, entropy, new SystemNetwork(), tasks, Log.NONE, ChannelEvents.NONE);
    private TestRelay relay;
    private TestRelay strict;
    private Channel fromService;
    private Channel fromClient;

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        relay = new TestRelay(home.resolve("relay"), time, tasks, true);
        strict = new TestRelay(
                RelayOptionsFixture.options(home.resolve("strict"), Optional.of(true)),
                time,
                tasks,
                true,
                new SystemNetwork());
        fromService = strict.channelTo(relay);
        TestRelay another = new TestRelay(home.resolve("another"), time, tasks, false);
        fromClient = another.channelTo(relay);
        others.add(another);
    }

    private final List<TestRelay> others = new ArrayList<>();

    @AfterAll
    void stop() {
        client.close();
        relay.close();
        strict.close();
        others.forEach(TestRelay::close);
    }

    @Test
    void aClientIsIntroducedToTheService() throws Exception {
        Ed25519KeyPair key = Ed25519KeyPair.generate(entropy);
        RawCircuit service = establish(RawCircuit.ntor(fromService, relay), key);
        Introduction introduction = introduction(key, 246);
        RawCircuit circuit = RawCircuit.fast(fromClient);
        circuit.send(0, new OnionServiceMessage.Introduce1(introduction));
        RelayMessage introduced = service.nextMessage().message();
        assertThat(introduced.command()).isEqualTo(RelayCommand.INTRODUCE2);
        assertThat(introduced.data()).isEqualTo(new OnionServiceMessage.Introduce1(introduction).data());
        assertThat(status(circuit)).isEqualTo(IntroduceStatus.SUCCESS);
    }

    @Test
    void theNonceIsTheHandshakesWhicheverThatWas() throws Exception {
        establish(RawCircuit.fast(fromService), Ed25519KeyPair.generate(entropy));
        establish(RawCircuit.controlled(fromService, relay), Ed25519KeyPair.generate(entropy));
    }

    @Test
    void whatTheIntroductionPointDoesNotKnowGoesOnUnchanged() throws Exception {
        Ed25519KeyPair key = Ed25519KeyPair.generate(entropy);
        RawCircuit service = establish(RawCircuit.fast(fromService), key);
        Extensions unknown = Extensions.of(
                new Extensions.Extension(77, new byte[] {1, 2, 3}), new Extensions.Extension(3, new byte[0]));
        byte[] sent =
                new OnionServiceMessage.Introduce1(new Introduction(key.publicKey(), unknown, new byte[] {9})).data();
        RawCircuit circuit = RawCircuit.fast(fromClient);
        circuit.send(CellCommand.RELAY, RelayCommand.INTRODUCE1, 0, sent);
        assertThat(service.nextMessage().message().data()).isEqualTo(sent);
        assertThat(status(circuit)).isEqualTo(IntroduceStatus.SUCCESS);
    }

    @Test
    void aClaimForAnotherCircuitEndsTheCircuit() throws Exception {
        RawCircuit circuit = RawCircuit.fast(fromService);
        byte[] others = RawCircuit.fast(fromService).nonce();
        circuit.send(0, claim(Ed25519KeyPair.generate(entropy), others, Extensions.NONE));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void aClaimWithAnothersSignatureEndsTheCircuit() throws Exception {
        RawCircuit circuit = RawCircuit.fast(fromService);
        IntroPointClaim claim =
                IntroPointClaim.sign(Ed25519KeyPair.generate(entropy), Extensions.NONE, circuit.nonce());
        byte[] signature = claim.signature().clone();
        signature[3] ^= 1;
        circuit.send(
                0,
                new OnionServiceMessage.EstablishIntro(
                        new IntroPointClaim(claim.authKey(), claim.extensions(), claim.handshakeAuth(), signature)));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void theFormOfVersion2IsRefused() throws Exception {
        for (int type = 0; type <= 1; type++) {
            RawCircuit circuit = RawCircuit.fast(fromService);
            byte[] legacy = new byte[300];
            legacy[0] = (byte) type;
            circuit.send(CellCommand.RELAY, RelayCommand.ESTABLISH_INTRO, 0, legacy);
            assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        }
        RawCircuit empty = RawCircuit.fast(fromService);
        empty.send(CellCommand.RELAY, RelayCommand.ESTABLISH_INTRO, 0, new byte[0]);
        assertThat(empty.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void anIntroductionInTheFormOfVersion2IsToldThatItsFormatIsBad() throws Exception {
        RawCircuit circuit = RawCircuit.fast(fromClient);
        byte[] legacy = new byte[200];
        legacy[0] = 1;
        circuit.send(CellCommand.RELAY, RelayCommand.INTRODUCE1, 0, legacy);
        assertThat(status(circuit)).isEqualTo(IntroduceStatus.BAD_FORMAT);
    }

    @Test
    void anIntroductionTooShortForAnyFormEndsTheCircuit() throws Exception {
        RawCircuit circuit = RawCircuit.fast(fromClient);
        circuit.send(CellCommand.RELAY, RelayCommand.INTRODUCE1, 0, new byte[19]);
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void anIntroductionWithNothingForTheServiceIsToldThatItsFormatIsBad() throws Exception {
        Ed25519KeyPair key = Ed25519KeyPair.generate(entropy);
        RawCircuit service = establish(RawCircuit.fast(fromService), key);
        RawCircuit circuit = RawCircuit.fast(fromClient);
        circuit.send(0, new OnionServiceMessage.Introduce1(introduction(key, 0)));
        assertThat(status(circuit)).isEqualTo(IntroduceStatus.BAD_FORMAT);

        Introduction good = introduction(key, 246);
        RawCircuit.fast(fromClient).send(0, new OnionServiceMessage.Introduce1(good));
        assertThat(service.nextMessage().message().data())
                .as("the first that comes")
                .isEqualTo(new OnionServiceMessage.Introduce1(good).data());
    }

    @Test
    void nobodyIsIntroducedToAServiceThatIsNotHere() throws Exception {
        RawCircuit circuit = RawCircuit.fast(fromClient);
        circuit.send(0, new OnionServiceMessage.Introduce1(introduction(Ed25519KeyPair.generate(entropy), 246)));
        assertThat(status(circuit)).isEqualTo(IntroduceStatus.UNKNOWN_ID);
    }

    @Test
    void aSecondIntroductionEndsTheCircuit() throws Exception {
        RawCircuit circuit = RawCircuit.fast(fromClient);
        Introduction introduction = introduction(Ed25519KeyPair.generate(entropy), 246);
        circuit.send(0, new OnionServiceMessage.Introduce1(introduction));
        assertThat(status(circuit)).isEqualTo(IntroduceStatus.UNKNOWN_ID);
        circuit.send(0, new OnionServiceMessage.Introduce1(introduction));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void aSecondIntroductionEndsTheCircuitThoughTheFirstWasMalformed() throws Exception {
        RawCircuit circuit = RawCircuit.fast(fromClient);
        circuit.send(CellCommand.RELAY, RelayCommand.INTRODUCE1, 0, new byte[20]);
        assertThat(status(circuit)).isEqualTo(IntroduceStatus.BAD_FORMAT);
        circuit.send(CellCommand.RELAY, RelayCommand.INTRODUCE1, 0, new byte[20]);
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void afterARefusedIntroductionTheClientMayGoOnToAnotherIntroductionPoint() throws Exception {
        RawCircuit circuit = RawCircuit.fast(fromClient);
        circuit.send(0, new OnionServiceMessage.Introduce1(introduction(Ed25519KeyPair.generate(entropy), 246)));
        assertThat(status(circuit)).isEqualTo(IntroduceStatus.UNKNOWN_ID);
        circuit.sendEarly(0, extend(strict, circuit));
        assertThat(circuit.nextMessage().message()).isInstanceOf(RelayMessage.Extended2.class);
    }

    @Test
    void aClientThatComesWithoutRelaysBetweenIsNotIntroduced() throws Exception {
        RawCircuit circuit = RawCircuit.fast(client.to(relay.target(), PATIENCE));
        circuit.send(0, new OnionServiceMessage.Introduce1(introduction(Ed25519KeyPair.generate(entropy), 246)));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void aServiceMayComeWithoutRelaysBetween() throws Exception {
        Channel direct = client.to(relay.target(), PATIENCE);
        establish(RawCircuit.ntor(direct, relay), Ed25519KeyPair.generate(entropy));
    }

    @Test
    void theNewestCircuitOfAServiceTakesThePlaceOfTheOneBefore() throws Exception {
        Ed25519KeyPair key = Ed25519KeyPair.generate(entropy);
        RawCircuit before = establish(RawCircuit.fast(fromService), key);
        RawCircuit newest = establish(RawCircuit.fast(fromService), key);
        assertThat(before.nextDestroy()).isEqualTo(DestroyReason.FINISHED);
        RawCircuit circuit = RawCircuit.fast(fromClient);
        circuit.send(0, new OnionServiceMessage.Introduce1(introduction(key, 246)));
        assertThat(status(circuit)).isEqualTo(IntroduceStatus.SUCCESS);
        assertThat(newest.nextMessage().message()).isInstanceOf(OnionServiceMessage.Introduce2.class);
    }

    @Test
    void whatAServicesCircuitWasAskedForOnceItIsNotAskedForAgain() throws Exception {
        Ed25519KeyPair key = Ed25519KeyPair.generate(entropy);
        RawCircuit twice = establish(RawCircuit.fast(fromService), key);
        twice.send(0, claim(key, twice.nonce(), Extensions.NONE));
        assertThat(twice.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        RawCircuit extended = establish(RawCircuit.fast(fromService), key);
        extended.sendEarly(0, extend(strict, extended));
        assertThat(extended.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        RawCircuit linked = establish(RawCircuit.fast(fromService), key);
        linked.send(0, new OnionServiceMessage.RendezvousEstablished());
        linked.send(5, new RelayMessage.BeginDir());
        assertThat(linked.nextMessage().message()).isEqualTo(new RelayMessage.End(EndReason.NOTDIRECTORY));
        linked.send(0, new OnionServiceMessage.EstablishRendezvous(RendezvousCookie.generate(entropy)));
        assertThat(linked.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void aServiceMaySayHowManyIntroductionsItWants() throws Exception {
        Ed25519KeyPair key = Ed25519KeyPair.generate(entropy);
        RawCircuit service = RawCircuit.fast(fromService);
        service.send(0, claim(key, service.nonce(), Extensions.of(limits(1, 2))));
        assertThat(service.nextMessage().message()).isEqualTo(OnionServiceMessage.IntroEstablished.SILENT);
        List<RawCircuit> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clients.add(RawCircuit.fast(fromClient));
        }
        for (RawCircuit one : clients) { // all at once: in far less than the 48 s that the bucket would need
            one.send(0, new OnionServiceMessage.Introduce1(introduction(key, 246)));
        }
        List<IntroduceStatus> statuses = new ArrayList<>();
        for (RawCircuit one : clients) {
            statuses.add(status(one));
        }
        assertThat(statuses.subList(0, 2)).containsOnly(IntroduceStatus.SUCCESS);
        assertThat(statuses).contains(IntroduceStatus.UNKNOWN_ID);
    }

    @Test
    void limitsOfIntroductionsThatMakeNoSenseAreIgnored() throws Exception {
        for (Extensions.Extension odd : List.of(
                limits(0, 0),
                limits(3, 2),
                limits(-1, 2),
                new Extensions.Extension(IntroductionLimits.TYPE, new byte[] {2, 1}))) {
            Ed25519KeyPair key = Ed25519KeyPair.generate(entropy);
            RawCircuit service = RawCircuit.fast(fromService);
            service.send(0, claim(key, service.nonce(), Extensions.of(odd)));
            assertThat(service.nextMessage().message()).isEqualTo(OnionServiceMessage.IntroEstablished.SILENT);
            for (int i = 0; i < 3; i++) {
                RawCircuit circuit = RawCircuit.fast(fromClient);
                circuit.send(0, new OnionServiceMessage.Introduce1(introduction(key, 246)));
                assertThat(status(circuit)).isEqualTo(IntroduceStatus.SUCCESS);
            }
        }
    }

    @Test
    void aServiceThatHasGoneIsUnknown() throws Exception {
        Ed25519KeyPair key = Ed25519KeyPair.generate(entropy);
        RawCircuit service = establish(RawCircuit.fast(fromService), key);
        RawCircuit after = new RawCircuit(fromService);
        service.send(new ChannelCell.Destroy(DestroyReason.FINISHED));
        after.send(new ChannelCell.Create2(HandshakeType.TAP, new byte[186])); // answered by the same loop
        assertThat(after.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        RawCircuit circuit = RawCircuit.fast(fromClient);
        circuit.send(0, new OnionServiceMessage.Introduce1(introduction(key, 246)));
        assertThat(status(circuit)).isEqualTo(IntroduceStatus.UNKNOWN_ID);
    }

    @Test
    void aServiceMeetsTheClientThatWaits() throws Exception {
        RendezvousCookie cookie = RendezvousCookie.generate(entropy);
        RawCircuit waiting = await(RawCircuit.fast(fromClient), cookie);
        RawCircuit service = RawCircuit.ntor(fromService, relay);
        byte[] handshake = entropy.bytes(HANDSHAKE.length);
        service.send(0, new OnionServiceMessage.Rendezvous1(cookie, handshake));
        RelayMessage met = waiting.nextMessage().message();
        assertThat(met.command()).isEqualTo(RelayCommand.RENDEZVOUS2);
        assertThat(met.data()).isEqualTo(handshake);
    }

    @Test
    void whatIsNotForTheRendezvousPointGoesFromHalfToHalfInOrder() throws Exception {
        RawCircuit waiting = RawCircuit.fast(fromClient);
        RawCircuit service = RawCircuit.fast(fromService);
        join(waiting, service);
        Random random = new Random(7);
        for (RawCircuit[] way : new RawCircuit[][] {{waiting, service}, {service, waiting}, {waiting, service}}) {
            List<byte[]> bodies = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                byte[] body = new byte[CellCodec.BODY_BYTES];
                random.nextBytes(body);
                bodies.add(body);
                way[0].sendBeyond(body);
            }
            for (byte[] body : bodies) {
                assertThat(way[1].nextFromBeyond()).isEqualTo(body);
            }
        }
    }

    @Test
    void bothHalvesOnOneChannelMeetAsWell() throws Exception {
        RawCircuit waiting = RawCircuit.fast(fromClient);
        RawCircuit service = RawCircuit.fast(fromClient);
        join(waiting, service);
        byte[] body = entropy.bytes(CellCodec.BODY_BYTES);
        service.sendBeyond(body);
        assertThat(waiting.nextFromBeyond()).isEqualTo(body);
    }

    @Test
    void aRendezvousPointGoesOnAnsweringWhatIsForIt() throws Exception {
        RawCircuit waiting = RawCircuit.fast(fromClient);
        RawCircuit service = RawCircuit.fast(fromService);
        join(waiting, service);
        byte[] body = entropy.bytes(CellCodec.BODY_BYTES);
        waiting.sendBeyond(body);
        waiting.send(0, new RelayMessage.Drop());
        waiting.send(0, new RelayMessage.Truncate(DestroyReason.NONE));
        assertThat(waiting.nextMessage().message()).isEqualTo(new RelayMessage.Truncated(DestroyReason.REQUESTED));
        waiting.sendBeyond(body);
        assertThat(service.nextFromBeyond()).isEqualTo(body);
        assertThat(service.nextFromBeyond()).isEqualTo(body);
    }

    @Test
    void whenOneHalfEndsSoDoesTheOther() throws Exception {
        for (int ending = 0; ending < 2; ending++) {
            RawCircuit waiting = RawCircuit.fast(fromClient);
            RawCircuit service = RawCircuit.fast(fromService);
            join(waiting, service);
            RawCircuit first = ending == 0 ? waiting : service;
            RawCircuit second = ending == 0 ? service : waiting;
            first.send(new ChannelCell.Destroy(DestroyReason.FINISHED));
            assertThat(second.nextDestroy()).isEqualTo(DestroyReason.FINISHED);
        }
    }

    /** The two halves are on two loops, and the one ends while the other comes to meet it. */
    @Test
    void noHalfIsLeftAloneWhoeverComesFirst() throws Exception {
        for (int i = 0; i < 200; i++) {
            RendezvousCookie cookie = RendezvousCookie.generate(entropy);
            RawCircuit waiting = await(RawCircuit.fast(fromClient), cookie);
            RawCircuit service = RawCircuit.fast(fromService);
            Tasks.Task leaving =
                    tasks.fork("leave", () -> waiting.send(new ChannelCell.Destroy(DestroyReason.FINISHED)));
            service.send(0, new OnionServiceMessage.Rendezvous1(cookie, HANDSHAKE));
            assertThat(service.nextDestroy()).isIn(DestroyReason.FINISHED, DestroyReason.PROTOCOL);
            leaving.join();
        }
    }

    @Test
    void aViolationOnOneHalfEndsBoth() throws Exception {
        RawCircuit waiting = RawCircuit.fast(fromClient);
        RawCircuit service = RawCircuit.fast(fromService);
        join(waiting, service);
        service.sendEarly(0, extend(strict, service));
        assertThat(service.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        assertThat(waiting.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void aClientSaysNothingToAServiceThatHasNotCome() throws Exception {
        RawCircuit waiting = await(RawCircuit.fast(fromClient), RendezvousCookie.generate(entropy));
        waiting.sendBeyond(new byte[CellCodec.BODY_BYTES]);
        assertThat(waiting.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void whoShowsACookieThatNobodyWaitsWithIsSentAway() throws Exception {
        RawCircuit service = RawCircuit.fast(fromService);
        service.send(0, new OnionServiceMessage.Rendezvous1(RendezvousCookie.generate(entropy), HANDSHAKE));
        assertThat(service.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        RawCircuit tooShort = RawCircuit.fast(fromService);
        tooShort.send(CellCommand.RELAY, RelayCommand.RENDEZVOUS1, 0, new byte[19]);
        assertThat(tooShort.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    /** Whoever comes later with the same cookie may not take the place of the one who is there. */
    @Test
    void aRendezvousIsForTheFirstWhoComesAndForNobodyAfterwards() throws Exception {
        RendezvousCookie cookie = RendezvousCookie.generate(entropy);
        RawCircuit waiting = await(RawCircuit.fast(fromClient), cookie);
        RawCircuit service = RawCircuit.fast(fromService);
        service.send(0, new OnionServiceMessage.Rendezvous1(cookie, HANDSHAKE));
        assertThat(waiting.nextMessage().message()).isInstanceOf(OnionServiceMessage.Rendezvous2.class);
        RawCircuit impostor = RawCircuit.fast(fromService);
        impostor.send(0, new OnionServiceMessage.Rendezvous1(cookie, HANDSHAKE));
        assertThat(impostor.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        byte[] body = entropy.bytes(CellCodec.BODY_BYTES);
        service.sendBeyond(body);
        assertThat(waiting.nextFromBeyond()).isEqualTo(body);
    }

    @Test
    void aCookieThatSomebodyWaitsWithIsRefusedToOthers() throws Exception {
        RendezvousCookie cookie = RendezvousCookie.generate(entropy);
        RawCircuit waiting = await(RawCircuit.fast(fromClient), cookie);
        RawCircuit second = RawCircuit.fast(fromClient);
        second.send(0, new OnionServiceMessage.EstablishRendezvous(cookie));
        assertThat(second.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        RawCircuit service = RawCircuit.fast(fromService);
        service.send(0, new OnionServiceMessage.Rendezvous1(cookie, HANDSHAKE));
        assertThat(waiting.nextMessage().message()).isInstanceOf(OnionServiceMessage.Rendezvous2.class);
    }

    @Test
    void aClientThatHasGoneWaitsNoMore() throws Exception {
        RendezvousCookie cookie = RendezvousCookie.generate(entropy);
        RawCircuit waiting = await(RawCircuit.fast(fromClient), cookie);
        RawCircuit after = new RawCircuit(fromClient);
        waiting.send(new ChannelCell.Destroy(DestroyReason.FINISHED));
        after.send(new ChannelCell.Create2(HandshakeType.TAP, new byte[186])); // answered by the same loop
        assertThat(after.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        await(RawCircuit.fast(fromClient), cookie);
    }

    @Test
    void onlyTheEndOfACircuitIsAskedForARendezvous() throws Exception {
        RawCircuit extended = RawCircuit.fast(fromClient);
        extended.sendEarly(0, extend(strict, extended));
        assertThat(extended.nextMessage().message()).isInstanceOf(RelayMessage.Extended2.class);
        extended.send(0, new OnionServiceMessage.EstablishRendezvous(RendezvousCookie.generate(entropy)));
        assertThat(extended.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void clientsWithoutRelaysBetweenWaitOnlyWhereTheyMay() throws Exception {
        await(RawCircuit.fast(client.to(relay.target(), PATIENCE)), RendezvousCookie.generate(entropy));
        RawCircuit dropped = RawCircuit.fast(client.to(strict.target(), PATIENCE));
        dropped.send(0, new OnionServiceMessage.EstablishRendezvous(RendezvousCookie.generate(entropy)));
        dropped.send(0, new RelayMessage.Truncate(DestroyReason.NONE)); // is answered, so the other was not
        assertThat(dropped.nextMessage().message()).isEqualTo(new RelayMessage.Truncated(DestroyReason.REQUESTED));
    }

    private RawCircuit establish(RawCircuit circuit, Ed25519KeyPair key) throws Exception {
        circuit.send(0, claim(key, circuit.nonce(), Extensions.NONE));
        assertThat(circuit.nextMessage().message()).isEqualTo(OnionServiceMessage.IntroEstablished.SILENT);
        return circuit;
    }

    private static OnionServiceMessage.EstablishIntro claim(Ed25519KeyPair key, byte[] nonce, Extensions extensions) {
        return new OnionServiceMessage.EstablishIntro(IntroPointClaim.sign(key, extensions, nonce));
    }

    private static Extensions.Extension limits(long rate, long burst) {
        byte[] value = new ByteWriter().u8(2).u8(1).u64(rate).u8(2).u64(burst).toBytes();
        return new Extensions.Extension(IntroductionLimits.TYPE, value);
    }

    private Introduction introduction(Ed25519KeyPair key, int length) {
        return new Introduction(key.publicKey(), Extensions.NONE, entropy.bytes(length));
    }

    private static IntroduceStatus status(RawCircuit circuit) throws Exception {
        RelayCell answer = circuit.nextMessage();
        assertThat(answer.stream().isCircuit()).isTrue();
        assertThat(answer.message().data()).hasSize(3);
        return answer.message() instanceof OnionServiceMessage.IntroduceAck ack
                ? ack.status()
                : IntroduceStatus.UNKNOWN;
    }

    private static RawCircuit await(RawCircuit circuit, RendezvousCookie cookie) throws Exception {
        circuit.send(0, new OnionServiceMessage.EstablishRendezvous(cookie));
        RelayMessage answer = circuit.nextMessage().message();
        assertThat(answer).isEqualTo(new OnionServiceMessage.RendezvousEstablished());
        return circuit;
    }

    private void join(RawCircuit waiting, RawCircuit service) throws Exception {
        RendezvousCookie cookie = RendezvousCookie.generate(entropy);
        await(waiting, cookie);
        service.send(0, new OnionServiceMessage.Rendezvous1(cookie, HANDSHAKE));
        assertThat(waiting.nextMessage().message()).isInstanceOf(OnionServiceMessage.Rendezvous2.class);
    }

    private static RelayMessage.Extend2 extend(TestRelay to, RawCircuit circuit) {
        return new RelayMessage.Extend2(
                List.of(
                        LinkSpecifier.of(to.orPort),
                        new LinkSpecifier.LegacyIdentity(to.keys.fingerprint()),
                        new LinkSpecifier.Ed25519(to.keys.identity())),
                HandshakeType.NTOR,
                circuit.ntorSkin(to));
    }
}
