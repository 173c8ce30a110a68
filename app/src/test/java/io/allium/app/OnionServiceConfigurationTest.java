package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import io.allium.onionservice.ServiceOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnionServiceConfigurationTest {
    private static final String ONE = "HiddenServiceDir /hs\nHiddenServicePort 80\n";

    @Test
    void eachFolderBeginsAService() throws Exception {
        List<ServiceOptions> services = services("""
                HiddenServiceDir /one
                HiddenServicePort 80 127.0.0.1:8080
                HiddenServicePort 80 unix:/run/www
                HiddenServiceMaxStreams 7
                HiddenServiceSelfTest 0
                HiddenServiceDir /two
                HiddenServicePort 22
                HiddenServiceVersion 3
                HiddenServiceNumIntroductionPoints 5
                HiddenServiceAllowUnknownPorts 1
                HiddenServiceExportCircuitID HAProxy
                HiddenServiceEnableIntroDoSDefense 1
                """);

        assertThat(services)
                .extracting(each -> each.folder().orElseThrow())
                .containsExactly(Path.of("/one"), Path.of("/two"));
        assertThat(services.get(0).ports())
                .extracting(Object::toString)
                .containsExactly("80 to 127.0.0.1:8080", "80 to unix:/run/www");
        assertThat(services.get(0).maxStreams()).isEqualTo(7);
        assertThat(services.get(0).selfTest()).isFalse();
        assertThat(services.get(1).selfTest()).isTrue();
        assertThat(services.get(0).introductionPoints()).isEqualTo(3);
        assertThat(services.get(0).introductionLimits()).isEmpty();
        assertThat(services.get(1).ports()).extracting(Object::toString).containsExactly("22 to 127.0.0.1:22");
        assertThat(services.get(1).maxStreams()).isZero();
        assertThat(services.get(1).introductionPoints()).isEqualTo(5);
        assertThat(services.get(1).allowUnknownPorts()).isTrue();
        assertThat(services.get(1).exportCircuitId()).isTrue();
        assertThat(services.get(1).introductionLimits()).isPresent();
    }

    @Test
    void whoFetchesNoDescriptorsDoesNotVisitItself() throws Exception {
        assertThat(services(ONE).getFirst().selfTest()).isTrue();
        assertThat(services("FetchHidServDescriptors 0\n" + ONE).getFirst().selfTest())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "80, 80 to 127.0.0.1:80",
        "80 8080, 80 to 127.0.0.1:8080",
        "80 192.0.2.1, 80 to 192.0.2.1:80",
        "80 192.0.2.1:8080, 80 to 192.0.2.1:8080",
        "80 [::1]:8080, 80 to [::1]:8080",
        "80 localhost:8080, 80 to 127.0.0.1:8080",
        "80 unix:/a/b, 80 to unix:/a/b",
        "'80 unix:\"/a b\"', 80 to unix:/a b",
    })
    void portsLeadToServers(String line, String meaning) throws Exception {
        assertThat(OnionServiceConfiguration.port(line)).hasToString(meaning);
    }

    @ParameterizedTest
    @CsvSource({
        "0",
        "65536",
        "x",
        "80 0",
        "80 70000",
        "80 example.com:80",
        "80 unix:",
        "'80 unix:/a b'",
        "'80 unix:\"/a'"
    })
    void malformedPortsAreRefused(String line) {
        assertThatThrownBy(() -> OnionServiceConfiguration.port(line)).isInstanceOf(LocalFailure.class);
    }

    @ParameterizedTest
    @CsvSource({
        "'HiddenServicePort 80', no preceding HiddenServiceDir",
        "'HiddenServiceDir /hs', no ports configured",
        "'HiddenServiceDir /hs|HiddenServicePort 80|HiddenServiceDir /hs/|HiddenServicePort 81', already configured",
        "'HiddenServiceDir /hs|HiddenServicePort 80|HiddenServiceVersion 2', version 2 are obsolete",
        "'HiddenServiceDir /hs|HiddenServicePort 80|HiddenServiceVersion 4', must be 3",
        "'HiddenServiceDir /hs|HiddenServicePort 80|HiddenServiceNumIntroductionPoints 21', between 3 and 20",
        "'HiddenServiceDir /hs|HiddenServicePort 80|HiddenServiceNumIntroductionPoints 2', between 3 and 20",
        "'HiddenServiceDir /hs|HiddenServicePort 80|HiddenServiceMaxStreams 65536', between 0 and 65535",
        "'HiddenServiceDir /hs|HiddenServicePort 80|HiddenServiceExportCircuitID x', haproxy",
        "'HiddenServiceDir /hs|HiddenServicePort 80|HiddenServiceEnableIntroDoSDefense 1|HiddenServiceEnableIntroDoSBurstPerSec 3', burst",
        "'HiddenServiceSingleHopMode 1', HiddenServiceNonAnonymousMode",
        "'HiddenServiceNonAnonymousMode 1', HiddenServiceSingleHopMode",
        "'HiddenServiceSingleHopMode 1|HiddenServiceNonAnonymousMode 1|HiddenServiceDir /hs|HiddenServicePort 80', SocksPort",
    })
    void whatMakesNoSenseIsRefused(String torrc, String why) {
        assertThatThrownBy(() -> services(torrc.replace('|', '\n')))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining(why);
    }

    @Test
    void aSingleOnionServiceNeedsItsTorForItself() throws Exception {
        List<ServiceOptions> services =
                services("HiddenServiceSingleHopMode 1\nHiddenServiceNonAnonymousMode 1\nSocksPort 0\n" + ONE);

        assertThat(services.getFirst().singleHop()).isTrue();
    }

    private static List<ServiceOptions> services(String torrc) throws Exception {
        return OnionServiceConfiguration.of(Options.parse(torrc));
    }
}
