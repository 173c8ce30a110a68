package io.allium.crypto;

import static io.allium.crypto.Vectors.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnionAddressTest {
    private static final String REAL = "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid";

    /** A key and its address by a program that belongs to C tor. */
    @Test
    void theAddressIsTheKeyInOtherLetters() throws Untrusted {
        Ed25519Identity key =
                Ed25519Identity.of(hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
        assertThat(new OnionAddress(key).host()).isEqualTo(REAL + ".onion");
        assertThat(new OnionAddress(key).label()).isEqualTo(REAL);
        assertThat(OnionAddress.parse(REAL + ".onion")).isEqualTo(new OnionAddress(key));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd",
                "sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd",
                "xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd",
                "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid"
            })
    void addressesOfTheSpecificationAndOfTheWorldAreRead(String label) throws Untrusted {
        assertThat(OnionAddress.parseLabel(label).label()).isEqualTo(label);
    }

    @Test
    void lettersMayBeUpperCaseAndNamesMayStandBefore() throws Untrusted {
        OnionAddress address = OnionAddress.parse(REAL + ".onion");
        assertThat(OnionAddress.parse((REAL + ".onion").toUpperCase(Locale.ROOT)))
                .isEqualTo(address);
        assertThat(OnionAddress.parse("www.mail." + REAL + ".Onion")).isEqualTo(address);
        assertThat(OnionAddress.isOnion("EXAMPLE.ONION")).isTrue();
        assertThat(OnionAddress.isOnion("onion")).isFalse();
    }

    @Test
    void eachFaultIsTold() {
        assertFault("example.com", "does not end in .onion");
        assertFault("blah.onion", "4 letters, not 56");
        assertFault(".onion", "0 letters, not 56");
        assertFault("www..onion", "0 letters, not 56");
        assertFault(REAL + "b.onion", "57 letters, not 56");
        assertFault("facebookcorewwwi.onion", "of version 2, whose services are gone");
        assertFault("?".repeat(56) + ".onion", "character 1 is none of a to z and 2 to 7");
        assertFault(REAL.replace("25n", "15n") + ".onion", "character 1 is none of a to z and 2 to 7");
        assertFault(REAL.replaceFirst("k", "\u212a") + ".onion", "is none of a to z and 2 to 7");
        assertFault(REAL + ".on\u0130on", "does not end in .onion");
        assertFault(REAL.substring(0, 55) + "e.onion", "of version 4, not 3");
        assertFault(
                "l5satjgud6gucryazcyvyvhuxhr74u6ygigiuyixe3a6ysis67ororad.onion",
                "wrong checksum, probably a typing error");
        assertFault(
                "btojiu7nu5y5iwut64eufevogqdw4wmqzugnoluw232r4t3ecsfv37ad.onion",
                "wrong checksum, probably a typing error");
    }

    /** Twins of one address, points of small order, and what is no point at all; the last four from C tor's tests. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000080",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "300ef2e64e588e1df55b48e4da0416ffb64cc85d5b00af6463d5cc6c2b1c185e",
                "f43e3a046db8749164c6e69b193f1e942c7452e7d888736f40b98093d814d5e7",
                "c9fff3af0471c28e33e98c2043e44f779d0427b1e37c521a6bddc011ed1869af",
                "e19c65de75c68cf3b7643ea732ba9eb1a3d20d6d57ba223c2ece1df66feb5af0"
            })
    void aKeyThatNoServiceCanHaveIsRefused(String key) {
        OnionAddress bad = new OnionAddress(Ed25519Identity.of(hex(key)));
        assertThat(Ed25519.isOfPrimeOrder(bad.identity())).isFalse();
        assertFault(bad.host(), "its key is not one that a service can have");
    }

    @Test
    void aGoodKeyIsOfPrimeOrder() {
        assertThat(Ed25519.isOfPrimeOrder(
                        Ed25519Identity.of(hex("4ba2e44760dff4c559ef3c38768c1c14a8a54740c782c8d70803e9d6e3ad8794"))))
                .isTrue();
    }

    @Test
    void aTypingErrorIsFound() {
        Random random = new Random(3);
        int found = 0;
        for (int i = 0; i < 300; i++) {
            char[] letters = REAL.toCharArray();
            int at = random.nextInt(letters.length);
            letters[at] = letters[at] == 'q' ? 'r' : 'q';
            try {
                OnionAddress.parseLabel(new String(letters));
            } catch (Untrusted refused) {
                found++;
            }
        }
        assertThat(found).isEqualTo(300);
    }

    @Test
    void base32IsWrittenAndRead() throws Untrusted {
        Random random = new Random(32);
        for (int length = 0; length < 70; length++) {
            byte[] bytes = Vectors.random(random, length);
            assertThat(Base32.decode(Base32.encode(bytes))).isEqualTo(bytes);
            assertThat(Base32.decode(Base32.encode(bytes).toUpperCase(Locale.ROOT)))
                    .isEqualTo(bytes);
        }
        assertThat(Base32.encode("foobar".getBytes(StandardCharsets.US_ASCII))).isEqualTo("mzxw6ytboi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "aaa", "aaaaaa", "mz", "mzxw6ytbo1", "mzxw6=", "m z"})
    void whatIsNotBase32IsRefused(String text) {
        assertThatThrownBy(() -> Base32.decode(text)).isInstanceOf(Untrusted.class);
    }

    private static void assertFault(String host, String fault) {
        assertThatThrownBy(() -> OnionAddress.parse(host))
                .isInstanceOf(Untrusted.class)
                .hasMessageStartingWith("onion address: ")
                .hasMessageContaining(fault);
    }
}
