package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.testing.SeededEntropy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressMapTest {
    @ParameterizedTest
    @CsvSource({
        "www.example.com, 192.0.2.1",
        "WWW.Example.COM, 192.0.2.1",
        "example.com, example.com",
        "x.www.example.com, x.www.example.com",
        "10.9.8.7, 127.0.0.1",
        "2001:db8::0:1, 2001:db8::2",
        "v6.example, 2001:db8::2",
    })
    void aNameOrAddressIsReplacedAsItStands(String host, String becomes) {
        AddressMap map = map(
                "www.example.com 192.0.2.1",
                "10.9.8.7 127.0.0.1",
                "[2001:db8::1] [2001:db8::2]",
                "v6.example 2001:db8::2");

        assertThat(map.rewrite(host)).isEqualTo(becomes);
    }

    @ParameterizedTest
    @CsvSource({
        "a.example.com, a.example.net",
        "a.b.example.com, a.b.example.net",
        "example.com, example.net",
        "notexample.com, notexample.com",
        "a.one.example, www.two.example",
        "one.example, www.two.example",
    })
    void aDomainTakesAllThatIsUnderIt(String host, String becomes) {
        AddressMap map = map("*.example.com *.example.net", "*.one.example www.two.example");

        assertThat(map.rewrite(host)).isEqualTo(becomes);
    }

    @Test
    void aDomainThatLeadsToItselfEndsThere() {
        AddressMap map = map("*.example.com example.com");

        assertThat(map.rewrite("www.example.com")).isEqualTo("example.com");
        assertThat(map.rewrite("example.com")).isEqualTo("example.com");
    }

    @Test
    void theLongestDomainCounts() {
        AddressMap map = map("*.example.com 192.0.2.1", "*.b.example.com 192.0.2.2");

        assertThat(map.rewrite("a.b.example.com")).isEqualTo("192.0.2.2");
    }

    @Test
    void aSingleAddressCountsRatherThanItsDomain() {
        AddressMap map = map("*.example.com 192.0.2.1", "www.example.com 192.0.2.2");

        assertThat(map.rewrite("www.example.com")).isEqualTo("192.0.2.2");
    }

    @Test
    void theLastLineForAnAddressCounts() {
        AddressMap map = map("www.torproject.org 192.0.2.1", "www.torproject.org 198.51.100.1");

        assertThat(map.rewrite("www.torproject.org")).isEqualTo("198.51.100.1");
    }

    @Test
    void aLineFromAnAddressToItselfTakesTheOneBeforeBack() {
        AddressMap map = map("www.example.com 192.0.2.1", "www.example.com www.example.com");

        assertThat(map.rewrite("www.example.com")).isEqualTo("www.example.com");
    }

    @Test
    void replacementsAreReplacedThemselves() {
        AddressMap map = map("198.51.100.1 203.0.113.1", "www.torproject.org 198.51.100.1");

        assertThat(map.rewrite("www.torproject.org")).isEqualTo("203.0.113.1");
    }

    @Test
    void aCircleEndsAfterSixteenTurns() {
        AddressMap map = map("a.example b.example", "b.example c.example", "c.example a.example");

        assertThat(map.rewrite("a.example")).isEqualTo("b.example");
    }

    @Test
    void aChainOfSixteenIsFollowedToItsEndAndNoFurther() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            lines.add("n" + i + ".example n" + (i + 1) + ".example");
        }
        AddressMap map = map(lines);

        assertThat(map.rewrite("n4.example")).isEqualTo("n20.example");
        assertThat(map.rewrite("n3.example")).isEqualTo("n19.example");
    }

    @Test
    void aNameThatGrowsWithEachTurnStillEnds() {
        AddressMap map = map("*.example.com *.x.example.com");

        assertThat(map.rewrite("www.example.com")).isEqualTo("www" + ".x".repeat(16) + ".example.com");
    }

    @ParameterizedTest
    @CsvSource({
        "www.example.com, has too few arguments",
        ".example.com www.example.com, is ambiguous - address starts with a '.'",
        "www.example.com .example.com, is ambiguous - address starts with a '.'",
        "* www.example.com, failed: can't remap from or to *",
        "www.example.com *.example.net, failed: can only use wildcard",
        "www.example.com bad/name, failed: destination is invalid",
        "www.example.com a.example b.example, failed: destination is invalid",
    })
    void linesThatMeanNothingAreLeftOutWithAWarning(String line, String why) {
        List<String> warnings = new ArrayList<>();

        List<String> lines = List.of(line, "good.example 192.0.2.1");
        AddressMap.check(lines, false, warnings::add);
        AddressMap map = map(lines);

        assertThat(warnings).singleElement().asString().contains(why).endsWith("Ignoring.");
        assertThat(map.rewrite("www.example.com")).isEqualTo("www.example.com");
        assertThat(map.rewrite("good.example")).isEqualTo("192.0.2.1");
    }

    @Test
    void aControllerIsHeardRatherThanTheConfigurationAndTheOtherWayRoundWhoeverSaidItLast() {
        AddressMap map = map("www.example.com 192.0.2.1");

        assertThat(map.map("WWW.example.com", "192.0.2.2")).isEmpty();
        assertThat(map.rewrite("www.example.com")).isEqualTo("192.0.2.2");
        configure(map, List.of());
        assertThat(map.rewrite("www.example.com")).isEqualTo("192.0.2.2");
        configure(map, List.of("www.example.com 192.0.2.3"));
        assertThat(map.rewrite("www.example.com")).isEqualTo("192.0.2.3");
        configure(map, List.of());
        assertThat(map.rewrite("www.example.com")).isEqualTo("www.example.com");
        assertThat(map.map("*", "192.0.2.2")).contains("can't remap from or to *");
    }

    @Test
    void whatIsMadeUpForANameIsTheSameEachTimeAndVirtual() {
        AddressMap map = map();

        for (AddressMap.Made kind : AddressMap.Made.values()) {
            String made = map.makeUp(kind, "a.example").orElseThrow();
            assertThat(map.makeUp(kind, "A.example")).contains(made);
            assertThat(map.makeUp(kind, "b.example").orElseThrow()).isNotEqualTo(made);
            assertThat(map.rewrite(made)).isEqualTo("a.example");
            assertThat(map.isVirtual(made)).isTrue();
        }
        assertThat(map.lines(EnumSet.of(AddressMap.Source.CONTROLLER)))
                .hasSize(6)
                .allMatch(line -> line.endsWith(" NEVER"));
        assertThat(map.lines(EnumSet.of(AddressMap.Source.CONFIGURATION))).isEmpty();
        assertThat(map.isVirtual("192.0.2.1")).isFalse();
        assertThat(map.isVirtual("a.example")).isFalse();
    }

    @Test
    void eachThatIsNewIsTold() {
        AddressMap map = map("v6.example 2001:db8::1");
        map.map("*.x.example", "*.y.example");
        map.map("[::1]", "c.example");

        assertThat(told).containsExactly("v6.example [2001:db8::1]", "x.example y.example", "[::1] c.example");
        assertThat(map.lines(EnumSet.allOf(AddressMap.Source.class)))
                .containsExactly(
                        "v6.example [2001:db8::1] NEVER", "*.x.example *.y.example NEVER", "[::1] c.example NEVER");
    }

    private final List<String> told = new ArrayList<>();

    private AddressMap map(String... lines) {
        AddressMap.check(List.of(lines), false, warning -> {
            throw new AssertionError(warning);
        });
        return map(List.of(lines));
    }

    private AddressMap map(List<String> lines) {
        AddressMap map = new AddressMap(new SeededEntropy(1), (from, to) -> told.add(from + " " + to));
        configure(map, lines);
        return map;
    }

    private static void configure(AddressMap map, List<String> lines) {
        map.configure(lines, false, VirtualNetwork.IPV4, VirtualNetwork.IPV6);
    }
}
