package io.allium.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HtmlTest {
    @Test
    void aTitleIsWhatItIsWhateverItSays() {
        assertThat(Html.page("BODY, TITLE & 100 %s", "<p>x</p>"))
                .contains("<title>BODY, TITLE &amp; 100 %s</title>")
                .containsOnlyOnce("<p>x</p>");
    }
}
