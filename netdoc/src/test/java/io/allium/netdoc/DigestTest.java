package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Untrusted;
import java.lang.reflect.Type;
import org.junit.jupiter.api.Test;

class DigestTest {
    @Test
    void digestsAreEqualByContentAndKindAndOrderedAsUnsignedBytes() throws Untrusted {
        byte[] low = new byte[Sha256Digest.LENGTH];
        byte[] high = new byte[Sha256Digest.LENGTH];
        low[0] = 0x7f;
        high[0] = (byte) 0x80;

        assertThat(Sha256Digest.of(low)).isEqualTo(Sha256Digest.of(low.clone())).isLessThan(Sha256Digest.of(high));
        assertThat((Object) Sha256Digest.of(low))
                .isNotEqualTo(Sha3Digest.parse(Sha256Digest.of(low).hex()));
    }

    /** By nothing else does a map know that it can keep those in a tree which somebody made to collide. */
    @Test
    void eachKindOfDigestSaysItselfThatItIsComparable() {
        for (Class<?> kind : Digest.class.getPermittedSubclasses()) {
            assertThat(kind.getGenericInterfaces())
                    .extracting(Type::getTypeName)
                    .contains(Comparable.class.getName() + "<" + kind.getName() + ">");
        }
    }
}
