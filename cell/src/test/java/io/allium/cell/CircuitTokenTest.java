package io.allium.cell;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Type;
import org.junit.jupiter.api.Test;

class CircuitTokenTest {
    /** By nothing else does a map know that it can keep those in a tree which somebody made to collide. */
    @Test
    void eachKindOfTokenSaysItselfThatItIsComparable() {
        for (Class<?> kind : CircuitToken.class.getPermittedSubclasses()) {
            assertThat(kind.getGenericInterfaces())
                    .extracting(Type::getTypeName)
                    .contains(Comparable.class.getName() + "<" + kind.getName() + ">");
        }
    }
}
