package io.allium.crypto;

import static io.allium.crypto.Vectors.counting;
import static io.allium.crypto.Vectors.hex;
import static io.allium.crypto.Vectors.random;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Tor1Test {
    private static final int RELAY = 3;
    private static final int BODY = Tor1.BODY_LENGTH;

    /** By a Python program with hashlib and an AES of its own, straight from tor-spec 6.1: three cells, keys that count up. */
    @Test
    void sealsAsAnIndependentProgramDoes() {
        OriginLayer layer = Tor1.originLayer(material(counting(0, 72)));
        byte[] sent = new byte[3 * BODY];
        for (int n = 0; n < 3; n++) {
            byte[] body = new byte[BODY];
            for (int j = 0; j < BODY; j++) {
                body[j] = (byte) (n * 7 + j * 3);
            }
            layer.originateOutbound(RELAY, body, 0, sent, n * BODY);
        }
        assertThat(hex(sent)).startsWith("732bb8923cfe3c003c66ffcf7b35b8b9");
        assertThat(hex(Digests.sha256(sent)))
                .isEqualTo("32596c6534963a2e25026ee69488a12189568448337cedae0015eb90c76f15ef");
        assertThat(hex(layer.originatedTag())).isEqualTo("38ae020e14f0201dcb0a34113b51a8a0048640f1");
    }

    /** By another Python program, from rend-spec-v3 4.2.1: the same three cells, from client to service and back. */
    @Test
    void sealsForAnOnionServiceAsAnIndependentProgramDoes() {
        assertThat(threeCells(Tor1.onionServiceLayer(material(counting(0, 128)), false)))
                .isEqualTo("66e4d38becb122f1676f972d75bf9638"
                        + " 6572379a4ab9bbbb180d08b0f0c3969f1352dc9e6858726367bdb1f971029e73"
                        + " d43eb321576525fad61008c148dddbbe9a4d1307");
        assertThat(threeCells(Tor1.onionServiceLayer(material(counting(0, 128)), true)))
                .isEqualTo("79360feab1903ffcea67f944244a851b"
                        + " fdfae3eb806b3b66a9234477de0268ef30bcb48938f21ed62950b7631e7795e1"
                        + " c1e336a72e9df774764ab55c2e0afcb5cd5cc036");
    }

    /** How they begin, their SHA-256 digest, and the tag. */
    private static String threeCells(OriginLayer layer) {
        byte[] sent = new byte[3 * BODY];
        for (int n = 0; n < 3; n++) {
            byte[] body = new byte[BODY];
            for (int j = 0; j < BODY; j++) {
                body[j] = (byte) (n * 7 + j * 3);
            }
            layer.originateOutbound(RELAY, body, 0, sent, n * BODY);
        }
        return hex(Arrays.copyOf(sent, 16)) + " " + hex(Digests.sha256(sent)) + " " + hex(layer.originatedTag());
    }

    /** Each end's outbound is the other's inbound, and each may be last or not. */
    @Test
    void clientAndServiceRecogniseEachOthersCells() {
        byte[] keys = counting(3, Tor1.ONION_SERVICE_KEYS_LENGTH);
        OriginLayer client = Tor1.onionServiceLayer(material(keys), false);
        OriginLayer service = Tor1.onionServiceLayer(material(keys), true);
        byte[] wire = new byte[BODY];
        byte[] opened = new byte[BODY];
        for (int i = 0; i < 20; i++) {
            OriginLayer from = i % 3 == 0 ? service : client;
            OriginLayer to = i % 3 == 0 ? client : service;
            from.originateOutbound(RELAY, counting(i, BODY), 0, wire, 0);
            boolean recognised = i % 2 == 0
                    ? to.decryptLastInbound(RELAY, wire, 0, opened, 0)
                    : to.decryptInbound(RELAY, wire, 0, opened, 0);
            assertThat(recognised).as("cell %d", i).isTrue();
            assertThat(contentOf(opened, 0)).isEqualTo(contentOf(counting(i, BODY), 0));
            assertThat(to.recognisedTag()).isEqualTo(from.originatedTag()).hasSize(Tor1.TAG_LENGTH);
        }
        client.originateOutbound(RELAY, counting(9, BODY), 0, wire, 0);
        wire[400] ^= 1;
        assertThat(service.decryptLastInbound(RELAY, wire, 0, opened, 0)).isFalse();
    }

    /** Any hop may be meant by any cell, and any hop may answer: each recognises its own cells, and both ends' tags agree. */
    @Test
    void threeHopsRecogniseTheirOwnCellsInBothDirections() {
        for (long seed = 1; seed <= 5; seed++) {
            Random random = new Random(seed);
            Circuit circuit = new Circuit(random);
            for (int i = 0; i < 200; i++) {
                int hop = random.nextInt(3);
                if (random.nextBoolean()) {
                    circuit.sendOutbound(hop, random(random, BODY), "seed " + seed + ", cell " + i);
                } else {
                    circuit.sendInbound(hop, random(random, BODY), "seed " + seed + ", cell " + i);
                }
            }
        }
    }

    /** Zeros in the recognised field alone, once in 65,536 passing cells, must leave the running digest as it was. */
    @Test
    void aCellThatOnlyLooksRecognisedPassesAndChangesNothing() {
        byte[] keys = counting(3, 72);
        OriginLayer origin = Tor1.originLayer(material(keys));
        RelayLayer relay = Tor1.relayLayer(material(keys));
        byte[] wire = new byte[BODY];
        byte[] opened = new byte[BODY];

        origin.encryptOutbound(RELAY, new byte[BODY], 0, wire, 0);
        assertThat(relay.decryptOutbound(RELAY, wire, 0, opened, 0)).isFalse();
        assertThat(opened).isEqualTo(new byte[BODY]);

        origin.originateOutbound(RELAY, counting(9, BODY), 0, wire, 0);
        assertThat(relay.decryptOutbound(RELAY, wire, 0, opened, 0)).isTrue();
        assertThat(relay.recognisedTag()).isEqualTo(origin.originatedTag());
    }

    @Test
    void aChangedCellIsNotRecognised() {
        byte[] keys = counting(3, 72);
        OriginLayer origin = Tor1.originLayer(material(keys));
        RelayLayer relay = Tor1.relayLayer(material(keys));
        byte[] wire = new byte[BODY];
        origin.originateOutbound(RELAY, counting(9, BODY), 0, wire, 0);
        wire[400] ^= 1;
        assertThat(relay.decryptOutbound(RELAY, wire, 0, wire, 0)).isFalse();
    }

    /** Cells for a relay that is the last at times: whichever way they are recognised, both ends' digests go on alike. */
    @Test
    void theLastHopRecognisesTheSameCells() {
        byte[] keys = counting(3, 72);
        OriginLayer origin = Tor1.originLayer(material(keys));
        RelayLayer relay = Tor1.relayLayer(material(keys));
        byte[] wire = new byte[BODY];
        byte[] opened = new byte[BODY];
        for (int i = 0; i < 20; i++) {
            origin.originateOutbound(RELAY, counting(i, BODY), 0, wire, 0);
            boolean recognised = i % 3 == 0
                    ? relay.decryptOutbound(RELAY, wire, 0, opened, 0)
                    : relay.decryptLastOutbound(RELAY, wire, 0, opened, 0);
            assertThat(recognised).as("outbound %d", i).isTrue();
            assertThat(contentOf(opened, 0)).isEqualTo(contentOf(counting(i, BODY), 0));
            assertThat(relay.recognisedTag()).isEqualTo(origin.originatedTag());
            relay.originateInbound(RELAY, counting(i, BODY), 0, wire, 0);
            assertThat(
                            i % 2 == 0
                                    ? origin.decryptInbound(RELAY, wire, 0, opened, 0)
                                    : origin.decryptLastInbound(RELAY, wire, 0, opened, 0))
                    .as("inbound %d", i)
                    .isTrue();
            assertThat(origin.recognisedTag()).isEqualTo(relay.originatedTag());
        }
        origin.originateOutbound(RELAY, counting(9, BODY), 0, wire, 0);
        wire[400] ^= 1;
        assertThat(relay.decryptLastOutbound(RELAY, wire, 0, opened, 0)).isFalse();
    }

    @Test
    void bodiesMayLieAnywhereAndBeEncryptedInPlace() {
        byte[] keys = counting(5, 72);
        OriginLayer origin = Tor1.originLayer(material(keys));
        RelayLayer relay = Tor1.relayLayer(material(keys));
        byte[] buffer = new byte[BODY + 12];
        for (int i = 0; i < 3; i++) {
            byte[] body = counting(i, BODY);
            System.arraycopy(body, 0, buffer, 5, BODY);
            origin.originateOutbound(RELAY, buffer, 5, buffer, 5);
            assertThat(relay.decryptOutbound(RELAY, buffer, 5, buffer, 5)).isTrue();
            assertThat(contentOf(buffer, 5)).isEqualTo(contentOf(body, 0));
        }
        assertThat(buffer[4]).isZero();
        assertThat(buffer[BODY + 5]).isZero();
    }

    /** A client and three relays. */
    private static final class Circuit {
        private final List<OriginLayer> origin = new ArrayList<>();
        private final List<RelayLayer> relays = new ArrayList<>();

        Circuit(Random random) {
            for (int hop = 0; hop < 3; hop++) {
                byte[] keys = random(random, 72);
                origin.add(Tor1.originLayer(material(keys)));
                relays.add(Tor1.relayLayer(material(keys)));
            }
        }

        void sendOutbound(int target, byte[] body, String what) {
            byte[] plain = body.clone();
            byte[] cell = new byte[BODY];
            origin.get(target).originateOutbound(RELAY, body, 0, cell, 0);
            for (int hop = target - 1; hop >= 0; hop--) {
                byte[] next = new byte[BODY];
                origin.get(hop).encryptOutbound(RELAY, cell, 0, next, 0);
                cell = next;
            }
            for (int hop = 0; hop <= target; hop++) {
                byte[] next = new byte[BODY];
                boolean ours = relays.get(hop).decryptOutbound(RELAY, cell, 0, next, 0);
                assertThat(ours).as("%s at hop %d", what, hop).isEqualTo(hop == target);
                cell = next;
            }
            assertThat(contentOf(cell, 0)).as(what).isEqualTo(contentOf(plain, 0));
            assertThat(relays.get(target).recognisedTag())
                    .as(what)
                    .isEqualTo(origin.get(target).originatedTag());
        }

        void sendInbound(int source, byte[] body, String what) {
            byte[] plain = body.clone();
            byte[] cell = new byte[BODY];
            relays.get(source).originateInbound(RELAY, body, 0, cell, 0);
            for (int hop = source - 1; hop >= 0; hop--) {
                byte[] next = new byte[BODY];
                relays.get(hop).encryptInbound(RELAY, cell, 0, next, 0);
                cell = next;
            }
            for (int hop = 0; hop <= source; hop++) {
                byte[] next = new byte[BODY];
                boolean forUs = origin.get(hop).decryptInbound(RELAY, cell, 0, next, 0);
                assertThat(forUs).as("%s at layer %d", what, hop).isEqualTo(hop == source);
                cell = next;
            }
            assertThat(contentOf(cell, 0)).as(what).isEqualTo(contentOf(plain, 0));
            assertThat(origin.get(source).recognisedTag())
                    .as(what)
                    .isEqualTo(relays.get(source).originatedTag());
        }
    }

    /** All of a body but its recognised and digest fields. */
    private static String contentOf(byte[] buffer, int offset) {
        String all = hex(buffer).substring(2 * offset, 2 * (offset + BODY));
        return all.substring(0, 2) + all.substring(6, 10) + all.substring(18);
    }

    private static KeyMaterial material(byte[] keys) {
        return KeyMaterial.of(keys);
    }
}
