package io.allium.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.ProtocolViolation;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.EquixSolution;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.PuzzleNonce;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnionServiceMessageTest {
    private static final Ed25519KeyPair AUTH_KEY = Ed25519KeyPair.generate(new FixedEntropy(1));
    private static final byte[] CIRCUIT = ChannelCellTest.bytes(20);
    private static final RendezvousCookie COOKIE = RendezvousCookie.of(ChannelCellTest.bytes(20));
    private static final Extensions SOME = Extensions.of(new IntroductionLimits(25, 200).extension());
    private static final Introduction INTRODUCTION =
            new Introduction(AUTH_KEY.publicKey(), Extensions.NONE, ChannelCellTest.bytes(254));

    /** The header and plaintext of rend-spec-v3 G.1. */
    private static final String HEADER =
            "00".repeat(20) + "020020" + "34e171e4358e501bff21ed907e96ac6bfef697c779d040bbaf49acc30fc5d21f" + "00";

    private static final String PLAINTEXT = "6bd364c12638dd5c3be23d76aca05b04e6ce932c0101000100200de6130e4fca"
            + "c4edda24e21220cc3eadae403ef6b7d11c8273ac71908de565450300067f0000"
            + "0113890214f823c4f8cc085c792e0aee0283fe00ad7520b37d0320728d5df39b"
            + "7b7077a0118a900ff4456c382f0041300acf9c58e51c392795ef87"
            + "00".repeat(67);

    static List<RelayMessage> messages() {
        return List.of(
                new OnionServiceMessage.EstablishIntro(IntroPointClaim.sign(AUTH_KEY, Extensions.NONE, CIRCUIT)),
                new OnionServiceMessage.EstablishIntro(IntroPointClaim.sign(AUTH_KEY, SOME, CIRCUIT)),
                OnionServiceMessage.IntroEstablished.SILENT,
                new OnionServiceMessage.IntroEstablished(SOME),
                new OnionServiceMessage.Introduce1(INTRODUCTION),
                new OnionServiceMessage.Introduce2(INTRODUCTION),
                new OnionServiceMessage.IntroduceAck(IntroduceStatus.SUCCESS),
                new OnionServiceMessage.IntroduceAck(IntroduceStatus.CANNOT_RELAY, SOME),
                new OnionServiceMessage.EstablishRendezvous(COOKIE),
                new OnionServiceMessage.RendezvousEstablished(),
                new OnionServiceMessage.Rendezvous1(COOKIE, ChannelCellTest.bytes(64)),
                OnionServiceMessage.Rendezvous1.padded(COOKIE, ChannelCellTest.bytes(64), new FixedEntropy(1)),
                new OnionServiceMessage.Rendezvous2(ChannelCellTest.bytes(148)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void whatIsWrittenIsReadAgain(RelayMessage message) throws ProtocolViolation {
        RelayMessage read = RelayMessage.decode(message.command(), message.data());
        assertThat(read).usingRecursiveComparison().isEqualTo(message);
        assertThat(read.data()).isEqualTo(message.data());
    }

    /** Every length from none up to one byte less than all is read as something shorter, or refused. */
    @ParameterizedTest
    @MethodSource("messages")
    void whatIsCutOffIsReadOrRefused(RelayMessage message) {
        byte[] data = message.data();
        for (int length = 0; length < data.length; length++) {
            byte[] cut = Arrays.copyOf(data, length);
            try {
                RelayMessage read = RelayMessage.decode(message.command(), cut);
                assertThat(read.data().length).isLessThanOrEqualTo(Math.max(length, 3));
            } catch (ProtocolViolation refused) {
                assertThat(refused).hasMessageStartingWith(RelayCommand.name(message.command()) + ": ");
            }
        }
    }

    @Test
    void aClaimIsLaidOutAsTheSpecificationSays() {
        byte[] plain = IntroPointClaim.sign(AUTH_KEY, Extensions.NONE, CIRCUIT).encode();
        String key = HexFormat.of().formatHex(AUTH_KEY.publicKey().bytes());
        assertThat(plain).hasSize(134);
        assertThat(HexFormat.of().formatHex(plain)).startsWith("020020" + key + "00");
        assertThat(HexFormat.of().formatHex(plain, 68, 70)).isEqualTo("0040");

        byte[] limited = IntroPointClaim.sign(AUTH_KEY, SOME, CIRCUIT).encode();
        assertThat(limited).hasSize(155);
        assertThat(HexFormat.of().formatHex(limited))
                .startsWith("020020" + key + "01" + "0113" + "02" + "010000000000000019" + "0200000000000000c8");
    }

    @Test
    void aClaimHoldsOnItsOwnCircuitAlone() throws ProtocolViolation {
        IntroPointClaim claim = IntroPointClaim.sign(AUTH_KEY, SOME, CIRCUIT);
        claim.verify(CIRCUIT);
        byte[] other = CIRCUIT.clone();
        other[19] ^= 1;
        assertThatThrownBy(() -> claim.verify(other)).hasMessage("ESTABLISH_INTRO: made for another circuit");
    }

    @Test
    void aClaimThatWasChangedDoesNotHold() throws ProtocolViolation {
        byte[] data = IntroPointClaim.sign(AUTH_KEY, SOME, CIRCUIT).encode();
        for (int i = 0; i < data.length; i++) {
            byte[] changed = data.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> claim(changed).verify(CIRCUIT))
                    .as("byte %d", i)
                    .isInstanceOf(ProtocolViolation.class);
        }
        claim(data).verify(CIRCUIT);
    }

    @Test
    void aKeyOfSmallOrderClaimsNothing() {
        byte[] zero = new byte[32];
        IntroPointClaim made = IntroPointClaim.sign(AUTH_KEY, Extensions.NONE, CIRCUIT);
        byte[] data = new OnionServiceMessage.EstablishIntro(made).data();
        System.arraycopy(zero, 0, data, 3, 32);
        assertThatThrownBy(() -> claim(data).verify(CIRCUIT)).isInstanceOf(ProtocolViolation.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0080", "008c", "0001", "010020"})
    void theFormOfVersion2IsRefusedInWords(String start) {
        byte[] establish = HexFormat.of().parseHex(start + "30".repeat(200));
        assertThatThrownBy(() -> RelayMessage.decode(RelayCommand.ESTABLISH_INTRO, establish))
                .hasMessage("ESTABLISH_INTRO: in the form of version 2, whose services are gone");
        byte[] introduce = HexFormat.of().parseHex("00".repeat(20) + start + "30".repeat(200));
        assertThatThrownBy(() -> RelayMessage.decode(RelayCommand.INTRODUCE1, introduce))
                .hasMessage("INTRODUCE1: in the form of version 2, whose services are gone");
    }

    @Test
    void anIntroductionByTheDigestOfAKeyIsOfVersion2() {
        byte[] data = new OnionServiceMessage.Introduce2(INTRODUCTION).data();
        data[19] = 1;
        assertThatThrownBy(() -> RelayMessage.decode(RelayCommand.INTRODUCE2, data))
                .hasMessage("INTRODUCE2: in the form of version 2, whose services are gone");
    }

    @ParameterizedTest
    @ValueSource(strings = {"030020", "ff0020", "02001f", "020021", "020000", "02ffff"})
    void anAuthenticationKeyOfAnotherKindOrLengthIsRefused(String start) {
        byte[] data = HexFormat.of().parseHex(start + "00".repeat(200));
        assertThatThrownBy(() -> RelayMessage.decode(RelayCommand.ESTABLISH_INTRO, data))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageStartingWith("ESTABLISH_INTRO: authentication key of ");
    }

    @Test
    void theHeaderIsAllBeforeTheEncryptedSection() throws ProtocolViolation {
        byte[] data = HexFormat.of().parseHex(HEADER + "aabbcc");
        OnionServiceMessage.Introduce2 read =
                (OnionServiceMessage.Introduce2) RelayMessage.decode(RelayCommand.INTRODUCE2, data);
        assertThat(HexFormat.of().formatHex(read.introduction().header())).isEqualTo(HEADER);
        assertThat(HexFormat.of().formatHex(read.introduction().encrypted())).isEqualTo("aabbcc");
    }

    @Test
    void thePlaintextIsThatOfTheSpecification() throws ProtocolViolation {
        byte[] bytes = HexFormat.of().parseHex(PLAINTEXT);
        IntroducePlaintext read = IntroducePlaintext.decode(bytes);

        assertThat(read.wantsCongestionControl()).isTrue();
        assertThat(read.specifiers())
                .containsExactly(
                        new LinkSpecifier.Ipv4(Endpoint.parse("127.0.0.1:5001")),
                        new LinkSpecifier.LegacyIdentity(
                                Fingerprint.of(HexFormat.of().parseHex("f823c4f8cc085c792e0aee0283fe00ad7520b37d"))),
                        new LinkSpecifier.Ed25519(Ed25519Identity.of(HexFormat.of()
                                .parseHex("728d5df39b7b7077a0118a900ff4456c382f0041300acf9c58e51c392795ef87"))));
        assertThat(HexFormat.of().formatHex(read.encode(HEADER.length() / 2))).isEqualTo(PLAINTEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "000020", // an onion key of type 0
                "020020", // and of one from the future
                "01001f", // 31 bytes
                "010021"
            })
    void anOnionKeyThatIsNotForNtorIsRefused(String start) {
        byte[] bytes = HexFormat.of().parseHex("00".repeat(20) + "00" + start + "11".repeat(80));
        assertThatThrownBy(() -> IntroducePlaintext.decode(bytes))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageStartingWith("introduction: onion key of ");
    }

    @Test
    void aPlaintextWithManySpecifiersIsNotPadded() throws ProtocolViolation {
        List<LinkSpecifier> many = Collections.nCopies(20, new LinkSpecifier.Unknown(77, new byte[10]));
        IntroducePlaintext plaintext =
                new IntroducePlaintext(COOKIE, Extensions.NONE, Curve25519Key.of(ChannelCellTest.bytes(32)), many);
        assertThat(plaintext.encode(56)).hasSize(20 + 1 + 35 + 1 + 20 * 12);
        assertThat(IntroducePlaintext.decode(plaintext.encode(56))).isEqualTo(plaintext);
    }

    @Test
    void rendezvous1IsAsLongAsCTorMakesIt() throws ProtocolViolation {
        byte[] handshake = ChannelCellTest.bytes(64);
        OnionServiceMessage.Rendezvous1 padded =
                OnionServiceMessage.Rendezvous1.padded(COOKIE, handshake, new FixedEntropy(1));
        assertThat(padded.data()).hasSize(168);
        assertThat(padded.data()).startsWith(COOKIE.bytes());
        assertThat(padded.handshake()).startsWith(handshake);
        byte[] padding = Arrays.copyOfRange(padded.handshake(), 64, 148);
        assertThat(padding).isNotEqualTo(new byte[84]);
        assertThat(OnionServiceMessage.Rendezvous1.padded(COOKIE, new byte[300], new FixedEntropy(1))
                        .data())
                .hasSize(320);
    }

    @Test
    void whatFollowsACookieOrAnAcknowledgementIsIgnored() throws ProtocolViolation {
        byte[] cookie = Arrays.copyOf(COOKIE.bytes(), 40);
        assertThat(RelayMessage.decode(RelayCommand.ESTABLISH_RENDEZVOUS, cookie))
                .isEqualTo(new OnionServiceMessage.EstablishRendezvous(COOKIE));
        assertThat(RelayMessage.decode(RelayCommand.RENDEZVOUS_ESTABLISHED, new byte[9]))
                .isEqualTo(new OnionServiceMessage.RendezvousEstablished());
        assertThat(RelayMessage.decode(RelayCommand.INTRO_ESTABLISHED, new byte[0]))
                .isEqualTo(OnionServiceMessage.IntroEstablished.SILENT);
        assertThat(RelayMessage.decode(RelayCommand.INTRODUCE_ACK, new byte[] {0, 1, 0, 7, 7}))
                .isEqualTo(new OnionServiceMessage.IntroduceAck(IntroduceStatus.UNKNOWN_ID));
    }

    @Test
    void everyStatusHasItsNumberAndOthersAreFailures() {
        assertThat(Arrays.stream(IntroduceStatus.values()).limit(4).map(IntroduceStatus::code))
                .containsExactly(0, 1, 2, 3);
        for (IntroduceStatus status : IntroduceStatus.values()) {
            assertThat(IntroduceStatus.of(status.code())).isEqualTo(status);
        }
        assertThat(IntroduceStatus.of(4)).isEqualTo(IntroduceStatus.UNKNOWN);
        assertThat(IntroduceStatus.of(0x0100)).isEqualTo(IntroduceStatus.UNKNOWN);
    }

    @Test
    void limitsAreReadInAnyOrderAndWithoutOne() throws ProtocolViolation {
        assertThat(limits("02" + "0200000000000000c8" + "010000000000000019"))
                .isEqualTo(new IntroductionLimits(25, 200));
        assertThat(limits("01" + "010000000000000019").isNone()).isTrue();
        assertThat(limits("00").isNone()).isTrue();
        assertThat(limits("02" + "010000000000000000" + "020000000000000005").isNone())
                .isTrue();
        assertThat(limits("02" + "01000000007fffffff" + "02000000007fffffff"))
                .isEqualTo(new IntroductionLimits(Integer.MAX_VALUE, Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "01", // a parameter that is missing
                "01" + "0100000000000000", // one that is cut off
                "01" + "030000000000000001", // one of the future
                "01" + "010000000080000000", // 2^31
                "01" + "01ffffffffffffffff", // 2^64 - 1
                "02" + "0100000000000000c8" + "020000000000000019" // a burst less than the rate
            })
    void limitsThatMeanNothingAreRefused(String hex) {
        assertThatThrownBy(() -> limits(hex))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageStartingWith("limits of introductions: ");
    }

    @Test
    void aProofOfWorkIsLaidOutAsInTheProposal() throws ProtocolViolation {
        ProofOfWork proof = new ProofOfWork(
                PuzzleNonce.of(ChannelCellTest.bytes(16)),
                0xfffffffeL,
                0xf1020304,
                EquixSolution.of(ChannelCellTest.bytes(16)));
        Extensions.Extension extension = ProofOfWorkExtension.of(proof);
        String sixteen = HexFormat.of().formatHex(ChannelCellTest.bytes(16));
        assertThat(extension.type()).isEqualTo(2);
        assertThat(HexFormat.of().formatHex(extension.value()))
                .isEqualTo("01" + sixteen + "fffffffe" + "f1020304" + sixteen);
        assertThat(ProofOfWorkExtension.decode(extension.value())).isEqualTo(proof);
    }

    @Test
    void aProofOfWorkOfAnotherVersionOrLengthIsRefused() {
        assertThatThrownBy(() -> ProofOfWorkExtension.decode(new byte[41]))
                .hasMessage("proof of work: version 0 is unknown");
        byte[] cut = new byte[40];
        cut[0] = 1;
        assertThatThrownBy(() -> ProofOfWorkExtension.decode(cut)).isInstanceOf(ProtocolViolation.class);
    }

    /** The header is at most 255 extensions long in theory; what a cell holds is less, and all of it may be extensions. */
    @Test
    void aCellFullOfExtensionsIsReadOrRefused() {
        byte[] data = Arrays.copyOf(HexFormat.of().parseHex(HEADER), RelayCell.DATA_MAX);
        data[55] = (byte) 0xff;
        assertThatThrownBy(() -> RelayMessage.decode(RelayCommand.INTRODUCE1, data))
                .hasMessageContaining("truncated");
        data[55] = (byte) 221;
        assertThat(decoded(data).introduction().encrypted()).isEmpty();
    }

    private static OnionServiceMessage.Introduce1 decoded(byte[] data) {
        try {
            return (OnionServiceMessage.Introduce1) RelayMessage.decode(RelayCommand.INTRODUCE1, data);
        } catch (ProtocolViolation refused) {
            throw new AssertionError(refused);
        }
    }

    private static IntroPointClaim claim(byte[] data) throws ProtocolViolation {
        return ((OnionServiceMessage.EstablishIntro) RelayMessage.decode(RelayCommand.ESTABLISH_INTRO, data)).claim();
    }

    private static IntroductionLimits limits(String hex) throws ProtocolViolation {
        return IntroductionLimits.decode(HexFormat.of().parseHex(hex));
    }
}
