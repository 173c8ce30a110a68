package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemTime;
import io.allium.control.ControlEvents;
import io.allium.controltesting.AskedPort;
import io.allium.controltesting.Asker;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.TimePeriod;
import io.allium.directory.Relay;
import io.allium.testing.MemoryDisk;
import io.allium.testing.SeededEntropy;
import io.allium.testing.Waiting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands about onion services over a control port, with the network disabled; what C tor 0.4.9 answers to each. */
class OnionCommandsTest {
    private static final String SERVICE = "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid";
    private static final String KEY = "iJ1tjKCrMAbiFT2bVrCjhbfMDnE1fpaRbIS5ZHKUvEQ=";
    private static final String CLIENT = "FGTORMIDKR7T2PR632HSHLUA4G6HF5TCWSGMHUUU4LWBEFTAVPQA";
    private static final String IDENTITY =
            "QCT0Yn/Jmv7i5kOwGdG2NRTeXqbdN0VhEo2u4YG7c3Vqm0Y0hZmmzkyI4XkkpjZx1P3ELKc3LpNAjfQwNhr3zg==";

    private final SeededEntropy entropy = new SeededEntropy(7);
    private final SystemTime time = new SystemTime();
    private final MemoryDisk disk = new MemoryDisk();
    private final AddedServices services = new AddedServices();
    private final ClientKeyring keys = new ClientKeyring();
    private final ControlEvents events = new ControlEvents();
    private final ServiceControl told = new ServiceControl(List::of, events);
    private final List<String> used = new ArrayList<>();
    private volatile boolean nonAnonymous;
    private volatile Optional<Path> folder = Optional.empty();
    private AskedPort port;
    private Asker asker;

    @BeforeEach
    void open() throws Exception {
        port = new AskedPort(
                events,
                new AddedServiceControl(services, () -> used.add("used"), () -> nonAnonymous, () -> true, entropy),
                new DescriptorControl(Optional::empty, List::of, Optional::empty, () -> {}, time),
                new ClientKeyControl(keys, Optional::empty, () -> folder, disk, Log.NONE));
        asker = port.asker();
    }

    @AfterEach
    void close() throws Exception {
        asker.close();
        port.close();
        time.close();
    }

    static Stream<String> refusals() {
        return """
                ADD_ONION > 512 Bad arguments to ADD_ONION: Need at least 1 argument(s)
                ADD_ONION NEW:BEST > 512 Missing 'Port' argument
                ADD_ONION Port=80 > 512 Missing 'Port' argument
                ADD_ONION NEW:RSA1024 Port=80 > 513 Invalid key type
                ADD_ONION RSA1024:abc Port=80 > 513 Invalid key type
                ADD_ONION NEW Port=80 > 512 Invalid key type/blob
                ADD_ONION NEW:BEST:x Port=80 > 512 Invalid key type/blob
                ADD_ONION :BEST Port=80 > 512 Invalid key type/blob
                ADD_ONION ED25519-V3:abc Port=80 > 512 Failed to decode ED25519-V3 key
                ADD_ONION ED25519-V3:ab!c Port=80 > 512 Failed to decode ED25519-V3 key
                ADD_ONION ED25519-V3:ZEROS Port=80 > 551 Failed to generate onion address
                ADD_ONION NEW:BEST Port=0 > 512 Invalid VIRTPORT/TARGET
                ADD_ONION NEW:BEST Port=70000 > 512 Invalid VIRTPORT/TARGET
                ADD_ONION NEW:BEST Port=abc > 512 Invalid VIRTPORT/TARGET
                ADD_ONION NEW:BEST Port= > 512 Invalid VIRTPORT/TARGET
                ADD_ONION NEW:BEST Port > 512 Bad arguments to ADD_ONION: Cannot parse keyword argument(s)
                ADD_ONION NEW:BEST Port=80,example.com:8080 > 512 Invalid VIRTPORT/TARGET
                ADD_ONION NEW:BEST Port=80,99999 > 512 Invalid VIRTPORT/TARGET
                ADD_ONION NEW:BEST Port="80,8080" > 512 Bad arguments to ADD_ONION: Cannot parse keyword argument(s)
                ADD_ONION NEW:BEST Port=80,8080,9090 > 512 Invalid VIRTPORT/TARGET
                ADD_ONION NEW:BEST Port=80 Foo=1 > 512 Bad arguments to ADD_ONION: Unrecognized keyword argument "Foo"
                ADD_ONION NEW:BEST extra Port=80 > 512 Bad arguments to ADD_ONION: Cannot parse keyword argument(s)
                ADD_ONION NEW:BEST Port=80 MaxStreams=70000 > 512 Invalid MaxStreams
                ADD_ONION NEW:BEST Port=80 MaxStreams=-1 > 512 Invalid MaxStreams
                ADD_ONION NEW:BEST Port=80 Flags= > 512 Invalid 'Flags' argument
                ADD_ONION NEW:BEST Port=80 Flags=Foo > 512 Invalid 'Flags' argument: "Foo"
                ADD_ONION NEW:BEST Port=80 Flags=BasicAuth > 512 Invalid 'Flags' argument: "BasicAuth"
                ADD_ONION NEW:BEST Port=80 Flags=V3Auth > 512 No auth clients specified
                ADD_ONION NEW:BEST Port=80 Flags=NonAnonymous > 512 Tor is in anonymous hidden service mode
                ADD_ONION NEW:BEST Port=80 ClientAuthV3=abc Flags=V3Auth > 512 Cannot decode v3 client auth key
                ADD_ONION NEW:BEST Port=80 ClientAuthV3=CLIENT > 512 No auth type specified
                ADD_ONION NEW:BEST Port=80 PoWDefensesEnabled=2 > 512 Invalid PoWDefensesEnabled
                ADD_ONION NEW:BEST Port=80 PoWQueueRate=x > 512 Invalid PoWQueueRate
                ADD_ONION NEW:BEST Port=80 PoWQueueBurst=4294967296 > 512 Invalid PoWQueueBurst
                DEL_ONION > 512 Bad arguments to DEL_ONION: Need at least 1 argument(s)
                DEL_ONION abc > 512 Malformed Onion Service id
                DEL_ONION a b > 512 Bad arguments to DEL_ONION: Cannot accept more than 1 argument(s)
                DEL_ONION SERVICE > 552 Unknown Onion Service id
                DEL_ONION SERVICE.onion > 512 Malformed Onion Service id
                HSFETCH > 512 Bad arguments to HSFETCH: Need at least 1 argument(s)
                HSFETCH abc > 513 Invalid argument "abc"
                HSFETCH SERVICE > 250 OK
                HSFETCH SERVICE SERVER=abc > 552 Server "abc" not found
                HSFETCH SERVICE SERVER=$9695DFC35FFEB861329B9F1AB04C46397020CE31 > 552 Server "$9695DFC35FFEB861329B9F1AB04C46397020CE31" not found
                HSFETCH SERVICE SERVER > 512 Bad arguments to HSFETCH: Cannot parse keyword argument(s)
                HSFETCH SERVICE FOO=1 > 512 Bad arguments to HSFETCH: Unrecognized keyword argument "FOO"
                HSFETCH ajkhdsfuygaesfaa > 513 Invalid argument "ajkhdsfuygaesfaa"
                +HSPOST HSADDRESS=abc|abc|. > 512 Malformed onion address
                +HSPOST HSADDRESS=SERVICE|abc|. > 554 Invalid descriptor
                +HSPOST SERVER=abc HSADDRESS=SERVICE|abc|. > 552 Server "abc" not found
                +HSPOST foo HSADDRESS=SERVICE|abc|. > 512 Bad arguments to +HSPOST: Cannot parse keyword argument(s)
                +HSPOST FOO=foo HSADDRESS=SERVICE|abc|. > 512 Bad arguments to +HSPOST: Unrecognized keyword argument "FOO"
                +HSPOST|abc|. > 512 Missing 'HSADDRESS' argument
                ONION_CLIENT_AUTH_ADD > 512 Incomplete ONION_CLIENT_AUTH_ADD command
                ONION_CLIENT_AUTH_ADD abc > 512 Incomplete ONION_CLIENT_AUTH_ADD command
                ONION_CLIENT_AUTH_ADD abc x25519:abc > 512 Invalid v3 address "abc"
                ONION_CLIENT_AUTH_ADD a b c > 512 Bad arguments to ONION_CLIENT_AUTH_ADD: Cannot parse keyword argument(s)
                ONION_CLIENT_AUTH_ADD SERVICE x25519 > 512 Invalid key type/blob
                ONION_CLIENT_AUTH_ADD SERVICE x25518:KEY > 552 Unrecognized key type "x25518"
                ONION_CLIENT_AUTH_ADD SERVICE x25519:abc > 512 Failed to decode x25519 private key
                ONION_CLIENT_AUTH_ADD SERVICE x25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= > 553 Invalid private key "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
                ONION_CLIENT_AUTH_ADD SERVICE x25519:KEY Flags=Permanent > 553 Unable to store creds for "SERVICE"
                ONION_CLIENT_AUTH_ADD SERVICE x25519:KEY Flags= > 512 Invalid 'Flags' argument
                ONION_CLIENT_AUTH_ADD SERVICE x25519:KEY Flags=Foo > 512 Invalid 'Flags' argument: "Foo"
                ONION_CLIENT_AUTH_ADD SERVICE x25519:KEY ClientName=abcdefghijklmnopq > 512 ClientName longer than 16 chars
                ONION_CLIENT_AUTH_VIEW abc > 512 Invalid v3 address "abc"
                ONION_CLIENT_AUTH_VIEW a b > 512 Bad arguments to ONION_CLIENT_AUTH_VIEW: Cannot parse keyword argument(s)
                ONION_CLIENT_AUTH_REMOVE > 512 Incomplete ONION_CLIENT_AUTH_REMOVE command
                ONION_CLIENT_AUTH_REMOVE abc > 512 Invalid v3 address "abc"
                ONION_CLIENT_AUTH_REMOVE a b > 512 Bad arguments to ONION_CLIENT_AUTH_REMOVE: Cannot parse keyword argument(s)
                ONION_CLIENT_AUTH_REMOVE SERVICE > 251 No credentials for "SERVICE"
                GETINFO hs/client/desc/id/abc > 551 Invalid address
                GETINFO hs/client/desc/id/SERVICE > 551 Not found in cache
                GETINFO hs/service/desc/id/abc > 551 Invalid address
                GETINFO hs/service/desc/id/SERVICE > 551 Not found in cache
                GETINFO hs/client/foo > 552 Unrecognized key "hs/client/foo"
                GETINFO onions/foo > 552 Unrecognized key "onions/foo"
                """.lines().map(line -> line.replace("SERVICE", SERVICE)
                .replace("x25519:KEY", "x25519:" + KEY)
                .replace("=CLIENT", "=" + CLIENT)
                .replace("ZEROS", "A".repeat(86) + "=="));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void eachCommandIsAnsweredAsCTorAnswersIt(String commandAndReply) throws Exception {
        int arrow = commandAndReply.indexOf(" > ");
        String command = commandAndReply.substring(0, arrow).replace("|", "\r\n");

        assertThat(ask(command)).containsExactly(commandAndReply.substring(arrow + 3));
    }

    @Test
    void aNewServiceComesWithItsKeyThatMakesItAgain() throws Exception {
        List<String> added = ask("ADD_ONION NEW:BEST Port=80,8080 Port=443");
        String label = added.get(0).substring("250-ServiceID=".length());
        String key = added.get(1).substring("250-PrivateKey=ED25519-V3:".length());

        assertThat(added).hasSize(3).last().isEqualTo("250 OK");
        assertThat(Ed25519KeyPair.ofExpanded(Base64.getDecoder().decode(key)).publicKey())
                .isEqualTo(OnionAddress.parseLabel(label).identity());
        assertThat(used).as("the network is").hasSize(1);
        assertThat(ask("GETINFO onions/current")).containsExactly("250-onions/current=" + label, "250 OK");
        assertThat(ask("ADD_ONION ED25519-V3:" + key + " Port=80")).containsExactly("550 Onion address collision");
        assertThat(ask("DEL_ONION " + label)).containsExactly("250 OK");
        assertThat(ask("DEL_ONION " + label)).containsExactly("552 Unknown Onion Service id");
        assertThat(ask("ADD_ONION ED25519-V3:" + key.replace("=", "") + " Port=80,"))
                .containsExactly("250-ServiceID=" + label, "250 OK");
    }

    @Test
    void aKeyIsTakenAsItIs() throws Exception {
        assertThat(ask("ADD_ONION ed25519-v3:" + IDENTITY + " Port=80"))
                .containsExactly("250-ServiceID=nftr3jlbfqwdkschwwroid43wpuzzcxgftca743vxgki4zjciz3whyad", "250 OK");
    }

    @Test
    void clientsThatAreLetInAreRepeated() throws Exception {
        assertThat(ask("ADD_ONION new:best flags=v3auth,discardpk port=80 clientauthv3=" + CLIENT))
                .hasSize(3)
                .contains("250-ClientAuthV3=" + CLIENT)
                .last()
                .isEqualTo("250 OK");
    }

    @Test
    void aServiceEndsWithItsControllerUnlessItIsDetached() throws Exception {
        String own = address(ask("ADD_ONION NEW:ED25519-V3 Flags=DiscardPK Port=80"));
        String second = address(ask("ADD_ONION NEW:ED25519-V3 Flags=DiscardPK Port=80"));
        String lasting = address(ask("ADD_ONION NEW:ED25519-V3 Flags=DiscardPK,Detach Port=80"));

        assertThat(ask("GETINFO onions/current")).containsExactly("250+onions/current=", own, second, ".", "250 OK");
        asker.close();
        asker = port.dial();
        Waiting.until(() -> services.size() == 1);
        assertThat(ask("GETINFO onions/current")).containsExactly("250-onions/current=", "250 OK");
        assertThat(ask("GETINFO onions/detached")).containsExactly("250-onions/detached=" + lasting, "250 OK");
        assertThat(ask("DEL_ONION " + second)).containsExactly("552 Unknown Onion Service id");
        assertThat(ask("DEL_ONION " + lasting)).containsExactly("250 OK");
        assertThat(ask("GETINFO onions/detached")).containsExactly("250-onions/detached=", "250 OK");
    }

    @Test
    void nobodyEndsTheServicesOfAnother() throws Exception {
        String own = address(ask("ADD_ONION NEW:BEST Flags=DiscardPK Port=80"));

        try (Asker other = port.dial()) {
            assertThat(other.ask("DEL_ONION " + own)).containsExactly("552 Unknown Onion Service id");
            assertThat(other.ask("GETINFO onions/current")).containsExactly("250-onions/current=", "250 OK");
        }
    }

    @Test
    void whereServicesAreNotAnonymousAControllerMustKnowIt() throws Exception {
        nonAnonymous = true;

        assertThat(ask("ADD_ONION NEW:BEST Port=80"))
                .containsExactly("512 Tor is in non-anonymous hidden service mode");
        assertThat(ask("ADD_ONION NEW:BEST Port=80 Flags=NonAnonymous,DiscardPK"))
                .last()
                .isEqualTo("250 OK");
    }

    @Test
    void keysAreAddedReplacedSeenAndTakenBack() throws Exception {
        String add = "ONION_CLIENT_AUTH_ADD " + SERVICE + " x25519:" + KEY;
        assertThat(ask(add)).containsExactly("250 OK");
        assertThat(ask(add + " ClientName=bob Other=1")).containsExactly("251 Client for onion existed and replaced");
        assertThat(ask("ONION_CLIENT_AUTH_VIEW"))
                .containsExactly(
                        "250-ONION_CLIENT_AUTH_VIEW",
                        "250-CLIENT " + SERVICE + " x25519:" + KEY + " ClientName=bob",
                        "250 OK");
        assertThat(ask("ONION_CLIENT_AUTH_VIEW " + SERVICE).getFirst())
                .isEqualTo("250-ONION_CLIENT_AUTH_VIEW " + SERVICE);
        assertThat(keys.all().key(OnionAddress.parseLabel(SERVICE).identity())).isPresent();
        assertThat(ask("ONION_CLIENT_AUTH_REMOVE " + SERVICE)).containsExactly("250 OK");
        assertThat(ask("ONION_CLIENT_AUTH_VIEW")).containsExactly("250-ONION_CLIENT_AUTH_VIEW", "250 OK");
    }

    @Test
    void aKeyThatIsToLastStandsInAFile() throws Exception {
        folder = Optional.of(Path.of("/keys"));
        assertThat(ask("ONION_CLIENT_AUTH_ADD " + SERVICE + " x25519:" + KEY + " Flags=Permanent"))
                .containsExactly("250 OK");
        ClientAuthorization written = ClientAuthorization.load(disk, Path.of("/keys"), Log.NONE);

        assertThat(disk.files()).containsOnlyKeys(Path.of("/keys/" + SERVICE + ".auth_private"));
        assertThat(Base64.getEncoder()
                        .encodeToString(
                                written.key(OnionAddress.parseLabel(SERVICE).identity())
                                        .orElseThrow()
                                        .secret()))
                .isEqualTo(KEY);
        assertThat(ask("ONION_CLIENT_AUTH_VIEW"))
                .contains("250-CLIENT " + SERVICE + " x25519:" + KEY + " Flags=Permanent");
        assertThat(ask("ONION_CLIENT_AUTH_REMOVE " + SERVICE)).containsExactly("250 OK");
        assertThat(disk.files()).isEmpty();
    }

    @Test
    void keysOfControllersStayWhereFilesAreReadAgain() throws Exception {
        ask("ONION_CLIENT_AUTH_ADD " + SERVICE + " x25519:" + KEY);
        keys.load(ClientAuthorization.NONE);

        assertThat(keys.all().size()).isEqualTo(1);
    }

    @Test
    void aGoodDescriptorIsTakenForUpload() throws Exception {
        TestService service = TestService.of(entropy);
        Instant now = time.now();
        byte[] document = service.descriptor(TimePeriod.containing(now, 1440), 1, List.of(), now);
        String text = new String(document, StandardCharsets.US_ASCII).strip().replace("\n", "\r\n") + "\r\n.";

        assertThat(ask("+HSPOST HSADDRESS=" + service.address().label() + "\r\n" + text))
                .containsExactly("250 OK");
        assertThat(ask("+HSPOST HSADDRESS=" + service.address().label() + "\r\n"
                        + text.replaceFirst("revision-counter 1", "revision-counter 2")))
                .containsExactly("554 Invalid descriptor");
    }

    @Test
    void whatHappensToDescriptorsIsToldAsCTorTellsIt() throws Exception {
        assertThat(ask("SETEVENTS HS_DESC HS_DESC_CONTENT")).containsExactly("250 OK");
        OnionAddress service = OnionAddress.parseLabel(SERVICE);
        Ed25519Identity blinded = Ed25519Identity.of(new byte[32]);
        Relay directory =
                TestNetwork.view(Instant.parse("2026-11-21T10:00:00Z")).relays().getFirst();
        byte[] index = new byte[32];
        index[0] = (byte) 0xab;
        told.told(new DescriptorEvents.Created(service, blinded));
        told.told(new DescriptorEvents.Upload(service, blinded, directory, index));
        told.told(new DescriptorEvents.Uploaded(service, directory));
        told.told(
                new DescriptorEvents.NotUploaded(service, blinded, directory, DescriptorEvents.Reason.UPLOAD_REJECTED));
        told.told(new DescriptorEvents.Requested(service, blinded, directory, index));
        told.told(new DescriptorEvents.Received(
                service, blinded, directory, "hs-descriptor 3\n".getBytes(StandardCharsets.US_ASCII)));
        told.told(new DescriptorEvents.NotReceived(
                service, blinded, Optional.of(directory), DescriptorEvents.Reason.NOT_FOUND));
        String id = "A".repeat(43);
        String hex = "AB" + "0".repeat(62);

        List<String> said = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            said.addAll(asker.next());
        }
        assertThat(said)
                .containsExactly(
                        "650 HS_DESC CREATED " + SERVICE + " UNKNOWN UNKNOWN " + id,
                        "650 HS_DESC UPLOAD " + SERVICE + " UNKNOWN " + directory + " " + id + " HSDIR_INDEX=" + hex,
                        "650 HS_DESC UPLOADED " + SERVICE + " UNKNOWN " + directory,
                        "650 HS_DESC FAILED " + SERVICE + " NO_AUTH " + directory + " " + id
                                + " REASON=UPLOAD_REJECTED",
                        "650 HS_DESC REQUESTED " + SERVICE + " NO_AUTH " + directory + " " + id + " HSDIR_INDEX=" + hex,
                        "650 HS_DESC RECEIVED " + SERVICE + " NO_AUTH " + directory + " " + id,
                        "650+HS_DESC_CONTENT " + SERVICE + " " + id + " " + directory,
                        "hs-descriptor 3",
                        ".",
                        "650 OK",
                        "650 HS_DESC FAILED " + SERVICE + " NO_AUTH " + directory + " " + id + " REASON=NOT_FOUND",
                        "650+HS_DESC_CONTENT " + SERVICE + " " + id + " " + directory,
                        "",
                        ".",
                        "650 OK");
    }

    private static String address(List<String> reply) {
        return reply.getFirst().substring("250-ServiceID=".length());
    }

    private List<String> ask(String command) throws Exception {
        return asker.ask(command);
    }
}
