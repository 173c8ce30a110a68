package io.allium.crypto;

import static io.allium.crypto.Vectors.counting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import java.lang.reflect.Type;
import org.junit.jupiter.api.Test;

class ValueTest {
    @Test
    void aFingerprintIsReadInEveryWayThatDocumentsWriteIt() throws Untrusted {
        Fingerprint fingerprint = Fingerprint.of(counting(0xf0, 20));
        assertThat(fingerprint.hex()).isEqualTo("F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF00010203");
        assertThat(Fingerprint.parse("F0F1 F2F3 F4F5 F6F7 F8F9 FAFB FCFD FEFF 0001 0203"))
                .isEqualTo(fingerprint);
        assertThat(Fingerprint.parse("$f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff00010203"))
                .isEqualTo(fingerprint);
        assertThat(fingerprint).hasToString("$" + fingerprint.hex());
        for (String bad : new String[] {
            "", "$", "F0", fingerprint.hex() + "00", "G" + fingerprint.hex().substring(1)
        }) {
            assertThatThrownBy(() -> Fingerprint.parse(bad)).isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void aKeyIsReadWithAndWithoutPadding() throws Untrusted {
        Ed25519Identity key = Ed25519Identity.of(counting(0, 32));
        assertThat(key.base64()).hasSize(43);
        assertThat(Ed25519Identity.parseBase64(key.base64())).isEqualTo(key);
        assertThat(Ed25519Identity.parseBase64(key.base64() + "=")).isEqualTo(key);
        for (String bad : new String[] {
            "", "AAAA", key.base64() + "AAAA", "!" + key.base64().substring(1), "ä"
        }) {
            assertThatThrownBy(() -> Ed25519Identity.parseBase64(bad)).isInstanceOf(Untrusted.class);
            assertThatThrownBy(() -> Curve25519Key.parseBase64(bad)).isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void valuesAreEqualByContentAndKind() {
        byte[] bytes = counting(0, 32);
        Ed25519Identity key = Ed25519Identity.of(bytes);
        bytes[0] = 9;
        assertThat(key).isEqualTo(Ed25519Identity.of(counting(0, 32))).isNotEqualTo(Ed25519Identity.of(bytes));
        assertThat((Object) key).isNotEqualTo(Curve25519Key.of(counting(0, 32)));
        key.bytes()[0] = 9;
        assertThat(key.bytes()).isEqualTo(counting(0, 32));
        assertThat(Ed25519Identity.of(counting(0x80, 32))).isGreaterThan(Ed25519Identity.of(counting(0x7f, 32)));
    }

    /** By nothing else does a map know that it can keep those in a tree which somebody made to collide. */
    @Test
    void eachKindOfValueSaysItselfThatItIsComparable() {
        for (Class<?> kind : FixedBytes.class.getPermittedSubclasses()) {
            assertThat(kind.getGenericInterfaces())
                    .extracting(Type::getTypeName)
                    .contains(Comparable.class.getName() + "<" + kind.getName() + ">");
        }
    }
}
