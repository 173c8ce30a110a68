package io.allium.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.testing.SeededEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PasswordsTest {
    /** From {@code tor --hash-password}. */
    @ParameterizedTest
    @CsvSource({
        "hello, 16:B614E3C5A11BC65A604427A1AD37D0E1B789317239711A1105353FDDD4",
        "correct horse, 16:F53C2BC64506BAA96074E3DA212BD8708EA8C6CED78CB7D65D53D919C8",
        "'', 16:78F1F665D3AB1ECB606E6AD4C8C11B27D0036628F318D4B5E8D723E8D7",
    })
    void verifiesWhatCTorHashed(String password, String hashed) {
        assertThat(Passwords.verify(hashed, password)).isTrue();
        assertThat(Passwords.verify(hashed, password + "x")).isFalse();
    }

    @Test
    void verifiesItsOwnHashes() {
        String hashed = Passwords.hash("geheim", new SeededEntropy(1));
        assertThat(hashed).matches("16:[0-9A-F]{16}60[0-9A-F]{40}");
        assertThat(Passwords.verify(hashed, "geheim")).isTrue();
        assertThat(Passwords.verify(hashed, "Geheim")).isFalse();
    }

    @Test
    void whatIsNoHashVerifiesNothing() {
        for (String text : new String[] {"", "16:", "16:00", "17:" + "0".repeat(58), "16:" + "Z".repeat(58)}) {
            assertThat(Passwords.isHashed(text)).isFalse();
            assertThat(Passwords.verify(text, "")).isFalse();
        }
    }
}
