package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExitPolicyTest {
    @Test
    void theFirstRuleThatMatchesDecides() throws Untrusted {
        ExitPolicy policy = policy("accept 10.1.0.0/16:80", "reject 10.0.0.0/8:*", "accept *:443", "reject *:*");

        assertThat(policy.allows(Endpoint.parse("10.1.2.3:80"))).isTrue();
        assertThat(policy.allows(Endpoint.parse("10.1.2.3:81"))).isFalse();
        assertThat(policy.allows(Endpoint.parse("10.2.2.3:443"))).isFalse();
        assertThat(policy.allows(Endpoint.parse("192.0.2.1:443"))).isTrue();
        assertThat(policy.allows(Endpoint.parse("[2001:db8::1]:443"))).isTrue();
        assertThat(policy.allows(Endpoint.parse("[2001:db8::1]:80"))).isFalse();
    }

    @Test
    void familiesAreKeptApart() throws Untrusted {
        ExitPolicy policy =
                policy("reject6 *:80", "accept *4:80", "accept *6:443", "reject [2001:db8::]/32:*", "reject *:*");

        assertThat(policy.allows(Endpoint.parse("192.0.2.1:80"))).isTrue();
        assertThat(policy.allows(Endpoint.parse("192.0.2.1:443"))).isFalse();
        assertThat(policy.allows(Endpoint.parse("[2001:db9::1]:443"))).isTrue();
        assertThat(policy.allows(Endpoint.parse("[2001:db9::1]:80"))).isFalse();
    }

    @Test
    void whatNoRuleDecidesIsAccepted() {
        assertThat(new ExitPolicy(List.of()).allows(Endpoint.parse("192.0.2.1:25")))
                .isTrue();
    }

    @Test
    void rulesAreWrittenAsDescriptorsHaveThem() throws Untrusted {
        ExitPolicy policy = policy(
                "reject 192.0.2.1:*",
                "accept 10.1.2.3/255.255.0.0:80-90",
                "accept6 [2001:db8::1]:1-65535",
                "accept *:25");

        assertThat(policy.rules())
                .extracting(ExitRule::text)
                .containsExactly(
                        "reject 192.0.2.1:*",
                        "accept 10.1.0.0/16:80-90",
                        "accept6 [2001:db8::1]:*",
                        "accept *:25",
                        "accept6 *:25",
                        "reject *:*",
                        "reject6 *:*");
        assertThat(policy.descriptorLines())
                .containsExactly("reject 192.0.2.1:*", "accept 10.1.0.0/16:80-90", "accept *:25", "reject *:*");
    }

    @Test
    void theDefaultPolicyRejectsPrivateNetworksAndItselfAndSomePorts() throws Untrusted {
        ExitPolicy policy = new ExitPolicyConfiguration(
                        List.of(),
                        false,
                        true,
                        List.of(Endpoint.parseAddress("198.51.100.7"), Endpoint.parseAddress("127.0.0.1")),
                        ExitPolicyConfiguration.Ending.DEFAULT)
                .policy();

        assertThat(policy.descriptorLines())
                .containsExactly(
                        "reject 0.0.0.0/8:*",
                        "reject 169.254.0.0/16:*",
                        "reject 127.0.0.0/8:*",
                        "reject 192.168.0.0/16:*",
                        "reject 10.0.0.0/8:*",
                        "reject 172.16.0.0/12:*",
                        "reject 198.51.100.7:*",
                        "reject *:25",
                        "reject *:119",
                        "reject *:135-139",
                        "reject *:445",
                        "reject *:563",
                        "reject *:1214",
                        "reject *:4661-4666",
                        "reject *:6346-6429",
                        "reject *:6699",
                        "reject *:6881-6999",
                        "accept *:*");
        assertThat(policy.ipv4Summary().text())
                .isEqualTo("reject 25,119,135-139,445,563,1214,4661-4666,6346-6429,6699,6881-6999");
        assertThat(policy.ipv6Summary()).isEqualTo(PortPolicy.REJECT_ALL);
        assertThat(policy.rejectsAll()).isFalse();
    }

    @Test
    void theReducedPolicyHasTheSummaryOfTheSample() throws Untrusted {
        RouterDescriptor r4 = RouterDescriptorTest.named("r4");
        ExitPolicy reduced = new ExitPolicyConfiguration(
                        List.of(), false, false, List.of(), ExitPolicyConfiguration.Ending.REDUCED)
                .policy();

        assertThat(reduced.descriptorLines())
                .isEqualTo(r4.details().exitPolicy().descriptorLines());
        assertThat(reduced.ipv4Summary()).isEqualTo(r4.details().exitPolicy().ipv4Summary());
    }

    @Test
    void aPolicyThatRejectsAllIsOneLine() throws Untrusted {
        ExitPolicy policy = policy("reject 10.0.0.0/8:*", "reject *:25", "reject *:*");

        assertThat(policy.rejectsAll()).isTrue();
        assertThat(policy.descriptorLines()).containsExactly("reject *:*");
        assertThat(policy.ipv4Summary()).isEqualTo(PortPolicy.REJECT_ALL);
    }

    @Test
    void rulesThatDecideNothingAreLeftOut() throws Untrusted {
        ExitPolicy policy =
                policy("accept 10.0.0.0/8:80", "accept 10.1.0.0/16:80", "reject *:25", "reject *:*", "accept *:1");

        assertThat(policy.rules())
                .extracting(ExitRule::text)
                .containsExactly("accept 10.0.0.0/8:80", "reject *:*", "reject6 *:*");
    }

    @Test
    void twoSlashEightsAreStillMostAddressesAndMoreAreNot() throws Untrusted {
        assertThat(policy("reject 8.0.0.0/8:80", "reject 9.0.0.0/8:80", "accept *:*")
                        .ipv4Summary())
                .isEqualTo(PortPolicy.ACCEPT_ALL);
        assertThat(policy("reject 8.0.0.0/8:80", "reject 9.0.0.0/8:80", "reject 192.0.2.1:80", "accept *:*")
                        .ipv4Summary()
                        .text())
                .isEqualTo("reject 80");
        assertThat(policy("reject6 [2001::]/16:80", "accept6 *:*").ipv6Summary())
                .isEqualTo(PortPolicy.ACCEPT_ALL);
        assertThat(policy("reject6 [2000::]/15:80", "accept6 *:*").ipv6Summary().text())
                .isEqualTo("reject 80");
    }

    @Test
    void theShorterListIsTheSummary() throws Untrusted {
        assertThat(policy("accept *:80", "accept *:443", "reject *:*")
                        .ipv4Summary()
                        .text())
                .isEqualTo("accept 80,443");
        assertThat(policy("reject *:80", "accept *:*").ipv4Summary().text()).isEqualTo("reject 80");
        assertThat(policy("accept *:1-100", "accept *:101-200", "reject *:*")
                        .ipv4Summary()
                        .text())
                .isEqualTo("accept 1-200");
    }

    @Test
    void aSummaryThatIsTooLongListsWhatFits() throws Untrusted {
        String[] odd = IntStream.range(0, 400)
                .mapToObj(i -> "accept *:" + (10_001 + 2 * i))
                .toArray(String[]::new);
        String all = String.join(",", odd) + ",reject *:*";

        PortPolicy summary = policy(all).ipv4Summary();

        assertThat(summary.accepts()).isTrue();
        assertThat(summary.text().length()).isLessThanOrEqualTo(1000).isGreaterThan(990);
        assertThat(summary.ranges().getFirst()).isEqualTo(new PortRange(10_001, 10_001));
    }

    @Test
    void whatIsNoRuleIsRefused() {
        for (String bad : List.of(
                "allow *:80",
                "accept",
                "accept *:0",
                "accept *:65536",
                "accept *:90-80",
                "accept *:80-",
                "accept */8:80",
                "accept 1.2.3:80",
                "accept 1.2.3.4/33:80",
                "accept 1.2.3.4/255.0.255.0:80",
                "accept [::1/64:80",
                "accept [::1]/129:80",
                "accept host.example:80",
                "accept *:80 *:81")) {
            assertThatThrownBy(() -> policy(bad)).as(bad).isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void portPoliciesReadAndWriteTheSame() throws Untrusted {
        for (String text : List.of("accept 80,443-445", "reject 1-65535", "accept 1-65535", "reject 25")) {
            assertThat(PortPolicy.parse(text).text()).isEqualTo(text);
        }
        assertThat(PortPolicy.parse("accept new-thing,80").text()).isEqualTo("accept 80");
        for (String bad :
                List.of("accept", "accept ", "permit 80", "accept 0", "accept 65536", "accept 9-8", "accept 8x")) {
            assertThatThrownBy(() -> PortPolicy.parse(bad)).as(bad).isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void privateIsEveryPrivateNetworkOfBothFamilies() throws Untrusted {
        assertThat(ExitPolicyConfiguration.parseLine("reject private:25").stream()
                        .map(ExitRule::text)
                        .collect(Collectors.joining(" ")))
                .startsWith("reject 0.0.0.0/8:25 reject 169.254.0.0/16:25 ")
                .endsWith(" reject6 [ff00::]/8:25 reject6 [::]/127:25");
        assertThat(PrivateNetworks.contain(Endpoint.parseAddress("172.31.255.255")))
                .isTrue();
        assertThat(PrivateNetworks.contain(Endpoint.parseAddress("172.32.0.0"))).isFalse();
        assertThat(PrivateNetworks.contain(Endpoint.parseAddress("fd00::1"))).isTrue();
    }

    private static ExitPolicy policy(String... lines) throws Untrusted {
        return new ExitPolicyConfiguration(
                        List.of(lines), true, false, List.of(), ExitPolicyConfiguration.Ending.REJECT)
                .policy();
    }
}
