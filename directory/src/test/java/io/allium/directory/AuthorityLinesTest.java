package io.allium.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import org.junit.jupiter.api.Test;

class AuthorityLinesTest {
    @Test
    void anAuthorityLineIsReadWithAllItsFlags() throws Exception {
        DirectoryAuthority authority =
                DirectoryAuthority.parse("tor26 orport=443 no-v2 v3ident=2F3DF9CA0E5D36F2685A2DA67184EB8DCB8CBA8C"
                        + " ipv6=[2a02:16a8:662:2203::1]:443 weight=2.5 217.196.147.77:80"
                        + " FAA4 BCA4 A6AC 0FB4 CA2F 8AD5 A11D 9E12 2BA8 94F6");

        assertThat(authority.nickname()).isEqualTo("tor26");
        assertThat(authority.dirPort()).isEqualTo(Endpoint.parse("217.196.147.77:80"));
        assertThat(authority.orPorts())
                .containsExactly(Endpoint.parse("217.196.147.77:443"), Endpoint.parse("[2a02:16a8:662:2203::1]:443"));
        assertThat(authority.fingerprint().hex()).isEqualTo("FAA4BCA4A6AC0FB4CA2F8AD5A11D9E122BA894F6");
        assertThat(authority.v3Ident().orElseThrow().hex()).isEqualTo("2F3DF9CA0E5D36F2685A2DA67184EB8DCB8CBA8C");
        assertThat(authority.bridge()).isFalse();
        assertThat(authority.weight()).isEqualTo(2.5);
    }

    @Test
    void anAuthorityNeedsNoNickname() throws Exception {
        DirectoryAuthority authority =
                DirectoryAuthority.parse("bridge 127.0.0.1:7000 FAA4BCA4A6AC0FB4CA2F8AD5A11D9E122BA894F6");

        assertThat(authority.bridge()).isTrue();
        assertThat(authority.orPorts()).isEmpty();
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertThatThrownBy(() -> DirectoryAuthority.parse("x orport=0 127.0.0.1:1 AA"))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("'0' is not a port");
        assertThatThrownBy(() -> DirectoryAuthority.parse("x 127.0.0.1:1")).isInstanceOf(LocalFailure.class);
        assertThatThrownBy(() -> DirectoryAuthority.parse("")).isInstanceOf(LocalFailure.class);
        assertThatThrownBy(() -> FallbackDirectory.parse("127.0.0.1 orport=1"))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("id=");
    }

    @Test
    void aFallbackLineIsReadWithAndWithoutDirPort() throws Exception {
        FallbackDirectory fallback = FallbackDirectory.parse(
                "185.235.146.29:80 orport=443 id=5A6976353F19DAB6EB63A2CB95C00039B7D4064A ipv6=[2a10:8a40:f313::29]:443");

        assertThat(fallback.orPorts())
                .containsExactly(Endpoint.parse("185.235.146.29:443"), Endpoint.parse("[2a10:8a40:f313::29]:443"));
        assertThat(FallbackDirectory.parse("216.9.227.166 orport=445 id=EF8DF732D0F307F63011B81CA44257E30BEF2B5C")
                        .orPort())
                .isEqualTo(Endpoint.parse("216.9.227.166:445"));
    }

    @Test
    void thePublicNetworkComesWithNineVotingAuthoritiesAndManyFallbacks() throws Exception {
        assertThat(PublicNetwork.authorities().stream()
                        .filter(each -> each.v3Ident().isPresent()))
                .hasSize(9);
        assertThat(PublicNetwork.authorities().stream().filter(DirectoryAuthority::bridge))
                .hasSize(1);
        assertThat(PublicNetwork.fallbacks()).hasSize(200);
    }
}
