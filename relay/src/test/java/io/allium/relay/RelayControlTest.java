package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.control.ControlEvents;
import io.allium.controltesting.AskedPort;
import io.allium.directory.CountryFiles;
import io.allium.testing.ManualTime;
import io.allium.testing.MemoryDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RelayControlTest {
    private static final Endpoint AUTHORITY = Endpoint.parse("127.0.0.1:9030");

    private final ControlEvents events = new ControlEvents();
    private Optional<Relay> relay = Optional.empty();
    private final MemoryDisk disk = new MemoryDisk();
    private Optional<Path> geoIpFile = Optional.empty();
    private final RelayControl control =
            new RelayControl(() -> relay, new CountryFiles(disk, () -> geoIpFile, Optional::empty, Log.NONE), events);
    private AskedPort port;

    @BeforeEach
    void open() throws Exception {
        port = new AskedPort(events, control, new ExitPolicyControl(() -> relay), new AccountingControl());
    }

    @AfterEach
    void close() throws Exception {
        port.close();
    }

    @Test
    void aClientIsToldApartAsByCTor() throws Exception {
        assertThat(port.asker().info("fingerprint")).containsExactly("551 Not running in server mode");
        assertThat(port.asker().info("info/names")).noneMatch(line -> line.startsWith("fingerprint"));
        assertThat(port.asker().info("address")).containsExactly("551 Address unknown");
        assertThat(port.asker().info("address/v6")).containsExactly("551 Address unknown");
        assertThat(port.asker().info("status/fresh-relay-descs")).containsExactly("551 Only relays have descriptors");
        assertThat(port.asker().info("status/reachability-succeeded")).containsExactly("OR=1 DIR=1");
        assertThat(port.asker().info("status/accepted-server-descriptor")).containsExactly("0");
        assertThat(port.asker().info("stats/ntor/requested")).containsExactly("0");
        assertThat(port.asker().info("stats/tap/assigned")).containsExactly("0");
        assertThat(port.asker().info("stats/ntor/foo")).containsExactly("551 Unrecognized handshake type");
        assertThat(port.asker().info("stats/foo")).containsExactly("552 Unrecognized key \"stats/foo\"");
        for (String key : List.of("full", "ipv4", "ipv6", "reject-private/relay")) {
            assertThat(port.asker().info("exit-policy/" + key)).containsExactly("552 Not running in server mode");
        }
        assertThat(port.asker().info("exit-policy/default").getFirst())
                .startsWith("reject *:25,reject *:119,reject *:135-139,")
                .endsWith(",reject *:6881-6999,accept *:*");
        assertThat(port.asker().info("exit-policy/reject-private/default"))
                .containsExactly("reject 0.0.0.0/8:*,reject 169.254.0.0/16:*,reject 127.0.0.0/8:*,"
                        + "reject 192.168.0.0/16:*,reject 10.0.0.0/8:*,reject 172.16.0.0/12:*,reject [::]/8:*,"
                        + "reject [fc00::]/7:*,reject [fe80::]/10:*,reject [fec0::]/10:*,reject [ff00::]/8:*,"
                        + "reject [::]/127:*");
        assertThat(port.asker().info("status/clients-seen"))
                .containsExactly("TimeStarted=\"1970-01-01 00:00:00\" CountrySummary= IPVersions=");
        assertThat(port.asker().info("accounting/enabled")).containsExactly("0");
        assertThat(port.asker().info("accounting/interval-end")).containsExactly("1970-01-01 00:00:00");
    }

    @Test
    void clientsOfABridgeAreToldInRoundNumbersAndForgottenWithTheirDay() throws Exception {
        ManualTime time = new ManualTime(Instant.parse("2026-11-21T16:13:00Z"));
        ClientsSeen clients = new ClientsSeen(time);
        for (int i = 0; i < 9; i++) {
            clients.saw(Endpoint.parseAddress("10.0.0." + i));
            clients.saw(Endpoint.parseAddress("10.0.0." + i));
        }
        clients.saw(Endpoint.parseAddress("::1"));
        String text = "TimeStarted=\"2026-11-21 16:13:00\" CountrySummary=zz=16,aa=8 IPVersions=v4=16,v6=8";
        assertThat(clients.current().text(Optional.of(address -> address.getAddress().length == 4 ? "zz" : "aa")))
                .isEqualTo(text);
        geoIpFile = Optional.of(Path.of("geoip"));
        disk.write(geoIpFile.get(), "167772160,167772415,AT\n".getBytes(StandardCharsets.US_ASCII)); // 10.0.0.0/24
        port.asker().ask("SETEVENTS CLIENTS_SEEN");
        control.clientsSeen(clients.next());
        assertThat(port.asker().next())
                .containsExactly("650 CLIENTS_SEEN TimeStarted=\"2026-11-21 16:13:00\" CountrySummary=at=16,??=8"
                        + " IPVersions=v4=16,v6=8");
        assertThat(clients.current().addresses()).isEmpty();
    }

    @Test
    void moreClientsThanTheBoundAreNotKept() {
        ClientsSeen clients = new ClientsSeen(new ManualTime(Instant.EPOCH));
        for (int i = 0; i < ClientsSeen.ADDRESSES_MAX + 1; i++) {
            clients.saw(Endpoint.parseAddress("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255)));
        }
        assertThat(clients.current().addresses()).hasSize(ClientsSeen.ADDRESSES_MAX);
    }

    @Test
    void whatHappensToARelayIsTold() throws Exception {
        port.asker().ask("SETEVENTS STATUS_SERVER DESCCHANGED");
        control.checkingReachability(AUTHORITY);
        control.reachable(AUTHORITY);
        control.unreachable(AUTHORITY);
        control.descriptorChanged();
        control.descriptorAccepted(AUTHORITY);
        control.serverFailed(AUTHORITY, "no answer");
        control.allServersFailed();
        control.serverBack(AUTHORITY);
        control.descriptorRefused(AUTHORITY, "it is \"old\"");
        assertThat(port.asker().next())
                .containsExactly("650 STATUS_SERVER NOTICE CHECKING_REACHABILITY ORADDRESS=127.0.0.1:9030");
        assertThat(port.asker().next())
                .containsExactly("650 STATUS_SERVER NOTICE REACHABILITY_SUCCEEDED ORADDRESS=127.0.0.1:9030");
        assertThat(port.asker().next())
                .containsExactly("650 STATUS_SERVER WARN REACHABILITY_FAILED ORADDRESS=127.0.0.1:9030");
        assertThat(port.asker().next()).containsExactly("650 DESCCHANGED");
        assertThat(port.asker().next())
                .containsExactly("650 STATUS_SERVER NOTICE ACCEPTED_SERVER_DESCRIPTOR DIRAUTH=127.0.0.1:9030");
        assertThat(port.asker().next()).containsExactly("650 STATUS_SERVER NOTICE GOOD_SERVER_DESCRIPTOR");
        assertThat(port.asker().next())
                .containsExactly("650 STATUS_SERVER NOTICE NAMESERVER_STATUS NS=127.0.0.1:9030 STATUS=DOWN"
                        + " ERR=\"no answer\"");
        assertThat(port.asker().next()).containsExactly("650 STATUS_SERVER WARN NAMESERVER_ALL_DOWN");
        assertThat(port.asker().next())
                .containsExactly("650 STATUS_SERVER NOTICE NAMESERVER_STATUS NS=127.0.0.1:9030 STATUS=UP");
        assertThat(port.asker().next())
                .containsExactly("650 STATUS_SERVER WARN BAD_SERVER_DESCRIPTOR DIRAUTH=127.0.0.1:9030"
                        + " REASON=\"it is \\\"old\\\"\"");
    }
}
