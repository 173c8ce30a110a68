package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.ChannelCell.Certs;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkHandshakeTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static LinkIdentity responderIdentity;
    private static LinkCredentials responder;
    private static LinkCredentials initiator;

    private final ManualTime time = new ManualTime(NOW);
    private HandshakePair pair;

    @BeforeAll
    static void makeKeys() {
        try (Neighbours neighbours = new Neighbours()) {
            responderIdentity = neighbours.identity(NOW);
            responder = LinkCredentials.make(responderIdentity, NOW, neighbours.entropy);
            initiator = LinkCredentials.make(neighbours.identity(NOW), NOW, neighbours.entropy);
        }
    }

    @AfterAll
    static void forgetKeys() {
        responder = null;
        initiator = null;
    }

    @BeforeEach
    void bothAreRelays() {
        pair = new HandshakePair(time, responder, initiator);
    }

    @Test
    void bothLearnWhoTheOtherIs() throws Exception {
        HandshakePair.Outcome outcome = pair.run();
        AuthenticatedPeer seenByInitiator = peer(outcome.initiator());
        AuthenticatedPeer seenByResponder = peer(outcome.responder());
        assertThat(seenByInitiator.fingerprint()).contains(responder.identity().fingerprint());
        assertThat(seenByInitiator.linkVersion()).isEqualTo(5);
        assertThat(seenByInitiator.isCanonical()).isTrue();
        assertThat(seenByResponder.identity()).contains(initiator.identity().identity());
        assertThat(seenByResponder.clockSkew()).contains(Duration.ZERO);
    }

    @Test
    void aClientStaysUnknown() throws Exception {
        pair = new HandshakePair(time, responder, null);
        AuthenticatedPeer client = peer(pair.run().responder());
        assertThat(client.isRelay()).isFalse();
        assertThat(client.clockSkew()).isEmpty();
        assertThat(client.addresses()).isEmpty();
    }

    @Test
    void theHighestCommonVersionIsTaken() throws Exception {
        pair.initiatorVersions = List.of(3, 4);
        assertThat(peer(pair.run().responder()).linkVersion()).isEqualTo(4);
    }

    @Test
    void withoutACommonVersionNobodySpeaks() {
        pair.initiatorVersions = List.of(2, 9);
        assertThatThrownBy(pair::run)
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("none of [2, 9] is ours");
    }

    @Test
    void anotherFingerprintThanExpectedIsAMistake() throws Exception {
        pair.target = new ChannelTarget(List.of(), Fingerprint.of(new byte[20]), Optional.empty());
        assertThat(pair.run().initiator()).isInstanceOf(LinkHandshake.Mistaken.class);
    }

    @Test
    void anotherEd25519IdentityThanExpectedIsAMistake() throws Exception {
        pair.target = new ChannelTarget(
                List.of(), responderIdentity.fingerprint(), Optional.of(Ed25519Identity.of(new byte[32])));
        assertThat(pair.run().initiator()).isInstanceOf(LinkHandshake.Mistaken.class);
    }

    @Test
    void whoeverShowsAnotherTlsCertificateIsNotTheResponder() {
        pair.shownCertificate = initiator.tlsCertificate();
        refused("CERTS: vouches for another TLS certificate");
    }

    @Test
    void whoeverSitsBetweenTwoTlsSessionsIsFoundOut() {
        pair.twoTlsSessions = true;
        refused("AUTHENTICATE: signs another connection than this");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 5, 7})
    void eachOfTheRespondersCertificatesIsNeeded(int type) {
        pair.toInitiator = certs(entries -> without(entries, type));
        refused("CERTS: no certificate of type " + type);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 6, 7})
    void eachOfTheInitiatorsCertificatesIsNeeded(int type) {
        pair.toResponder = certs(entries -> without(entries, type));
        refused("CERTS: no certificate of type " + type);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 5, 7})
    void aFlippedBitInACertificateIsSeen(int type) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 25; i++) {
            pair.toInitiator = certs(entries -> flipped(entries, type, random));
            assertThatThrownBy(pair::run).as("seed %d, turn %d", seed, i).isInstanceOf(ProtocolViolation.class);
        }
    }

    @Test
    void aFlippedBitInAuthenticateIsSeen() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            pair.toResponder = authenticate(bytes -> {
                byte[] changed = bytes.clone();
                changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
                return changed;
            });
            assertThatThrownBy(pair::run)
                    .as("seed %d, turn %d", seed, i)
                    .isInstanceOf(ProtocolViolation.class)
                    .hasMessageStartingWith("AUTHENTICATE");
        }
    }

    @Test
    void aShortAuthenticateIsRefused() {
        pair.toResponder = authenticate(bytes -> java.util.Arrays.copyOf(bytes, 351));
        refused("AUTHENTICATE: 351 bytes are too few");
    }

    @Test
    void otherCertificatesThanTheOwnDontHelp() {
        pair.toResponder = cell -> cell instanceof Certs ? responder.asInitiator() : cell;
        refused("AUTHENTICATE");
    }

    @Test
    void linkCertificatesExpireAfterTwoDays() {
        time.pass(Duration.ofDays(2).plusHours(1));
        refused("expired");
    }

    @Test
    void aChangedChallengeIsSeen() {
        pair.toInitiator = cell -> cell instanceof ChannelCell.AuthChallenge challenge
                ? new ChannelCell.AuthChallenge(new byte[32], challenge.methods())
                : cell;
        refused("AUTHENTICATE: signs another connection than this");
    }

    @Test
    void whoeverIsNotAskedForAMethodThatItKnowsStaysUnknown() throws Exception {
        pair.toInitiator = cell -> cell instanceof ChannelCell.AuthChallenge challenge
                ? new ChannelCell.AuthChallenge(challenge.challenge(), List.of(1))
                : cell;
        assertThat(peer(pair.run().responder()).isRelay()).isFalse();
    }

    @Test
    void paddingMayComeAtAnyTime() throws Exception {
        LinkHandshake begun = ResponderHandshake.begin(new ResponderHandshake.Responder(
                new Deaf(), responder, List.of(), LinkHandshake.VERSIONS, time, pair.entropy));
        assertThat(LinkHandshake.isPadding(new ChannelCell.VPadding(3))).isTrue();
        assertThat(begun.receive(new ChannelCell.Unknown(CellCommand.AUTHORIZE, new byte[0])))
                .isSameAs(begun);
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 129, 130, 131, 8, 3, 0, 99, 200})
    void aCellOutOfPlaceEndsTheInitiatorsHandshake(int command) {
        for (int place : List.of(7, 129, 130, 8)) {
            if (place != command) {
                pair = new HandshakePair(time, responder, initiator);
                pair.toInitiator = cell -> cell.command() == place ? some(command) : cell;
                assertThatThrownBy(pair::run)
                        .as("%d in the place of %d", command, place)
                        .isInstanceOf(ProtocolViolation.class)
                        .hasMessageContaining("came where");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 129, 130, 131, 3, 0, 99, 200})
    void aCellOutOfPlaceEndsTheRespondersHandshake(int command) {
        for (int place : List.of(7, 129, 131, 8)) {
            if (place != command) {
                pair = new HandshakePair(time, responder, initiator);
                pair.toResponder = cell -> cell.command() == place ? some(command) : cell;
                assertThatThrownBy(pair::run)
                        .as("%d in the place of %d", command, place)
                        .isInstanceOf(ProtocolViolation.class)
                        .hasMessageContaining("came where");
            }
        }
    }

    private void refused(String why) {
        assertThatThrownBy(pair::run).isInstanceOf(ProtocolViolation.class).hasMessageContaining(why);
    }

    private static AuthenticatedPeer peer(LinkHandshake state) {
        assertThat(state).isInstanceOf(LinkHandshake.Done.class);
        return ((LinkHandshake.Done) state).peer();
    }

    /** A well-formed cell of this command. */
    private static ChannelCell some(int command) {
        return switch (command) {
            case CellCommand.VERSIONS -> new ChannelCell.Versions(List.of(5));
            case CellCommand.CERTS -> responder.asResponder();
            case CellCommand.AUTH_CHALLENGE -> new ChannelCell.AuthChallenge(new byte[32], List.of(3));
            case CellCommand.AUTHENTICATE -> new ChannelCell.Authenticate(3, new byte[352]);
            case CellCommand.NETINFO -> new ChannelCell.NetInfo(0, null, List.of());
            case CellCommand.RELAY -> new ChannelCell.Relay(new byte[509]);
            case CellCommand.PADDING -> new ChannelCell.Padding();
            default -> new ChannelCell.Unknown(command, new byte[0]);
        };
    }

    private static UnaryOperator<ChannelCell> certs(UnaryOperator<List<Certs.Entry>> change) {
        return cell -> cell instanceof Certs certs ? new Certs(change.apply(certs.entries())) : cell;
    }

    private static UnaryOperator<ChannelCell> authenticate(UnaryOperator<byte[]> change) {
        return cell -> cell instanceof ChannelCell.Authenticate signed
                ? new ChannelCell.Authenticate(signed.type(), change.apply(signed.authentication()))
                : cell;
    }

    private static List<Certs.Entry> without(List<Certs.Entry> entries, int type) {
        return entries.stream().filter(entry -> entry.type() != type).toList();
    }

    private static List<Certs.Entry> flipped(List<Certs.Entry> entries, int type, Random random) {
        List<Certs.Entry> changed = new ArrayList<>();
        for (Certs.Entry entry : entries) {
            byte[] certificate = entry.certificate().clone();
            if (entry.type() == type) {
                certificate[random.nextInt(certificate.length)] ^= (byte) (1 << random.nextInt(8));
            }
            changed.add(new Certs.Entry(entry.type(), certificate));
        }
        return changed;
    }

    /** Nobody listens. */
    private static final class Deaf implements Conversation {
        @Override
        public void send(ChannelCell cell) {}

        @Override
        public void useVersion(int linkVersion) {}

        @Override
        public byte[] sentDigest() {
            return new byte[32];
        }

        @Override
        public byte[] receivedDigest() {
            return new byte[32];
        }

        @Override
        public byte[] receivedDigestBefore() {
            return new byte[32];
        }

        @Override
        public byte[] responderCertificate() {
            return new byte[0];
        }

        @Override
        public byte[] export(String label, byte[] context, int length) {
            return new byte[length];
        }

        @Override
        public io.allium.base.@org.jspecify.annotations.Nullable Endpoint remote() {
            return null;
        }
    }
}
