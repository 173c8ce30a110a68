package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdTableTest {
    @Test
    void itAnswersAsAnyMapWould() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        IdTable<Integer> table = new IdTable<>(random.nextInt() | 1);
        Map<Integer, Integer> model = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            int id = (random.nextInt(300) + 1) * (random.nextBoolean() ? 0x10000 : 1); // many that collide
            switch (random.nextInt(i % 10_000 < 5_000 ? 3 : 6)) {
                case 0, 1 -> {
                    table.put(id, i);
                    model.put(id, i);
                }
                default -> {
                    table.remove(id);
                    model.remove(id);
                }
            }
            assertThat(table.get(id)).as("seed %d", seed).isEqualTo(model.get(id));
            assertThat(table.size()).isEqualTo(model.size());
        }
        model.forEach((id, value) -> assertThat(table.get(id)).isEqualTo(value));
        assertThat(table.values()).containsExactlyInAnyOrderElementsOf(model.values());
    }

    @Test
    void zeroIsNobody() {
        IdTable<String> table = new IdTable<>(0x9e3779b9);
        assertThat(table.get(0)).isNull();
        assertThat(table.contains(0)).isFalse();
        table.remove(0);
        assertThat(table.size()).isZero();
    }
}
