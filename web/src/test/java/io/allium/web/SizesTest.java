package io.allium.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({
        "0,0 bytes",
        "999,999 bytes",
        "1000,1.0 kB",
        "9949,9.9 kB",
        "9960,10 kB",
        "999499,999 kB",
        "999500,1.0 MB",
        "3145728,3.1 MB",
        "5000000000,5.0 GB",
        "9223372036854775807,9223372 TB"
    })
    void aNumberOfBytesIsSaidShortly(long bytes, String text) {
        assertThat(Sizes.text(bytes)).isEqualTo(text);
    }

    @Test
    void whatPeopleWriteIsRead() {
        assertThat(Sizes.parse("500MB")).hasValue(500_000_000L);
        assertThat(Sizes.parse("2 gb")).hasValue(2_000_000_000L);
        assertThat(Sizes.parse("3k")).hasValue(3000L);
        assertThat(Sizes.parse("12")).hasValue(12L);
        assertThat(Sizes.parse("1TB")).hasValue(1_000_000_000_000L);
        for (String text : new String[] {"", "GB", "-1", "1.5GB", "1XB", "9999999"}) {
            assertThat(Sizes.parse(text)).as(text).isEmpty();
        }
    }
}
