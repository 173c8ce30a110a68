package io.allium.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Untrusted;
import io.allium.control.ControlEvents;
import io.allium.controltesting.AskedPort;
import io.allium.testing.MemoryDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CountriesTest {
    private static final String IPV4 = """
            # addresses as numbers
            16777216,16777471,AU
            16777472,16778239,CN

            134744064,134744319,US
            4294967040,4294967295,??
            """;
    private static final String IPV6 = """
            2001:200::,2001:200:134:ffff:ffff:ffff:ffff:ffff,JP
            2001:4860::,2001:4860:ffff:ffff:ffff:ffff:ffff:ffff,US
            """;

    @Test
    void anAddressIsInTheCountryInWhoseRangeItLies() throws Exception {
        Countries table = Countries.ofIpv4(bytes(IPV4));
        assertThat(country(table, "1.0.0.0")).contains("au");
        assertThat(country(table, "1.0.0.255")).contains("au");
        assertThat(country(table, "1.0.1.0")).contains("cn");
        assertThat(country(table, "8.8.8.8")).contains("us");
        assertThat(country(table, "255.255.255.255")).contains("??");
        assertThat(country(table, "0.255.255.255")).isEmpty();
        assertThat(country(table, "8.8.9.0")).isEmpty();
    }

    @Test
    void andSoIsOneOfIpv6() throws Exception {
        Countries table = Countries.ofIpv6(bytes(IPV6));
        assertThat(country(table, "2001:200::1")).contains("jp");
        assertThat(country(table, "2001:200:135::")).isEmpty();
        assertThat(country(table, "2001:4860:4860::8888")).contains("us");
        assertThat(country(table, "::")).isEmpty();
    }

    @Test
    void aFileThatIsNoneSaysWhere() {
        assertThatThrownBy(() -> Countries.ofIpv4(bytes("1,2,AU\n1,x,AU\n")))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("'x' is not the number");
        assertThatThrownBy(() -> Countries.ofIpv4(bytes("1,2,AU\n2,3,AU\n")))
                .hasMessageContaining("line 2 does not lie");
        assertThatThrownBy(() -> Countries.ofIpv4(bytes("5,4,AU\n"))).hasMessageContaining("line 1 does not lie");
        assertThatThrownBy(() -> Countries.ofIpv4(bytes("1,2\n"))).hasMessageContaining("line 1 is not two addresses");
        assertThatThrownBy(() -> Countries.ofIpv6(bytes("1.2.3.4,::5,AU\n")))
                .hasMessageContaining("not an IPv6 address");
    }

    @Test
    void controllersAskForAnAddressAndWhetherThereIsAFile() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        disk.write(Path.of("/geoip"), bytes(IPV4));
        CountryFiles files = new CountryFiles(
                disk, () -> Optional.of(Path.of("/geoip")), () -> Optional.of(Path.of("/missing")), Log.NONE);
        try (AskedPort port = new AskedPort(new ControlEvents(), new CountryControl(files))) {
            assertThat(port.asker().info("ip-to-country/ipv4-available")).containsExactly("1");
            assertThat(port.asker().info("ip-to-country/ipv6-available")).containsExactly("0");
            assertThat(port.asker().info("ip-to-country/8.8.8.8")).containsExactly("us");
            assertThat(port.asker().info("ip-to-country/127.0.0.1")).containsExactly("??");
            assertThat(port.asker().info("ip-to-country/[::1]")).containsExactly("551 GeoIP data not loaded");
            assertThat(port.asker().info("ip-to-country/nowhere")).containsExactly("551 Invalid address family");
            assertThat(port.asker().info("ip-to-country/")).containsExactly("551 Invalid address family");
        }
    }

    private static Optional<String> country(Countries table, String address) {
        return table.of(Endpoint.parseAddress(address));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
