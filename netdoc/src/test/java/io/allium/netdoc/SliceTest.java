package io.allium.netdoc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SliceTest {
    @Test
    void slicesAreJoinedInTheirOrder() {
        byte[] text = "an onion has layers".getBytes(US_ASCII);
        assertThat(Slice.join(List.of(new Slice(text, 9, 4), Slice.empty(), new Slice(text, 0, 3))))
                .asString(US_ASCII)
                .isEqualTo("has an ");
        assertThat(Slice.join(List.of())).isEmpty();
    }
}
