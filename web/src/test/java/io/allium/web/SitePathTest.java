package io.allium.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SitePathTest {
    @Test
    void namesAreDecodedOnceAndByThemselves() {
        assertThat(SitePath.parse("/")).contains(new SitePath(List.of(), true));
        assertThat(SitePath.parse("/a/b%20c/?q=/../x#y")).contains(new SitePath(List.of("a", "b c"), true));
        assertThat(SitePath.parse("/%C3%A4")).contains(new SitePath(List.of("ä"), false));
        assertThat(SitePath.parse("/a%252e%252e")).contains(new SitePath(List.of("a%2e%2e"), false));
        assertThat(SitePath.parse("/a+b")).contains(new SitePath(List.of("a+b"), false));
        assertThat(SitePath.parse("http://x.onion/a")).contains(new SitePath(List.of("a"), false));
        assertThat(SitePath.parse("HTTP://x.onion")).contains(new SitePath(List.of(), true));
        assertThat(SitePath.parse("/...")).contains(new SitePath(List.of("..."), false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..",
                "/../etc/passwd",
                "/a/../b",
                "/a/..",
                "/./a",
                "/%2e%2e/etc/passwd",
                "/%2E%2e/",
                "/.%2e/",
                "/a%2f..%2fb",
                "/..%2f",
                "/%2f",
                "/..%5c..%5c",
                "/..\\..\\x",
                "/%5c",
                "/%c0%ae%c0%ae/",
                "/%c0%af",
                "/%e0%80%ae",
                "/%ff",
                "/%ed%a0%80",
                "/a%00.html",
                "/a%0d%0aSet-Cookie:x",
                "/a%0a",
                "/a%7f",
                "/a%1b[31m",
                "/%",
                "/%2",
                "/%zz",
                "/%-1",
                "//etc/passwd",
                "//",
                "/a//b",
                "/a//",
                "a",
                "*",
                "https://x.onion/a",
                "..",
                ""
            })
    void whatCouldLeadAnywhereElseLeadsNowhere(String target) {
        assertThat(SitePath.parse(target)).isEmpty();
    }

    @Test
    void aLinkIsReadAsTheSamePath() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            StringBuilder name = new StringBuilder();
            for (int j = 0; j <= random.nextInt(8); j++) {
                int c = random.nextInt(3) == 0 ? random.nextInt(0x10000, 0x11000) : random.nextInt(' ', 0x700);
                if (c != '/' && c != '\\' && c != '.' && !Character.isISOControl(c)) {
                    name.appendCodePoint(c);
                }
            }
            if (!name.isEmpty()) {
                SitePath path = new SitePath(List.of(name.toString(), "b"), random.nextBoolean());
                assertThat(path.link()).as("seed " + seed).matches("[A-Za-z0-9/%._~-]+");
                assertThat(SitePath.parse(path.link())).as("seed " + seed).contains(path);
            }
        }
    }
}
