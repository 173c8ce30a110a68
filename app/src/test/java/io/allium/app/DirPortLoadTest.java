package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.channel.ChannelEvents;
import io.allium.channel.Channels;
import io.allium.directory.Parameters;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is answered by a DirPort whose bandwidth is used up. */
class DirPortLoadTest {
    private static final String AUTHORITY = "AuthoritativeDirectory 1\nV3AuthoritativeDirectory 1\n"
            + "DirAuthority one orport=5000 v3ident=" + "E".repeat(40) + " 198.51.100.1:5001 " + "F".repeat(40) + "\n";
    private static final long MUCH = 10_000_000;

    private final SystemTime time = new SystemTime();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final Channels channels =
            new Channels(time, new SystemEntropy(), new SystemNetwork(), tasks, Log.NONE, ChannelEvents.NONE);

    @AfterEach
    void close() {
        channels.close();
        tasks.close();
        time.close();
    }

    @Test
    void aRelaySendsAwayWhomItCannotServeSoon() throws Exception {
        DirPortLoad load = load("");
        assertThat(load.isTooMuch(at("203.0.113.9:1"), MUCH)).isTrue();
        assertThat(load.isTooMuch(at("203.0.113.9:1"), 100)).isFalse();
        assertThat(load.isTooMuch(at("10.0.0.1:1"), MUCH))
                .as("what stays near costs nothing")
                .isFalse();
    }

    @Test
    void anAuthorityAnswersOtherAuthoritiesAnyway() throws Exception {
        DirPortLoad load = load(AUTHORITY);
        assertThat(load.isTooMuch(at("203.0.113.9:1"), MUCH)).isTrue();
        assertThat(load.isTooMuch(at("198.51.100.1:1"), MUCH)).isFalse();
    }

    @Test
    void anAuthorityAnswersEverybodyWhereItsOperatorSaysSo() throws Exception {
        DirPortLoad load = load(AUTHORITY + "AuthDirRejectRequestsUnderLoad 0\n");
        assertThat(load.isTooMuch(at("203.0.113.9:1"), MUCH)).isFalse();
    }

    private DirPortLoad load(String torrc) throws LocalFailure {
        Options options = Options.parse(torrc + "BandwidthRate 100 KB\nBandwidthBurst 200 KB\n");
        channels.configure(() -> ChannelConfiguration.of(options, Parameters.STANDARD));
        return new DirPortLoad(channels, options, ClientConfiguration.authorities(options), Optional::empty);
    }

    private static Optional<Endpoint> at(String text) {
        return Optional.of(Endpoint.parse(text));
    }
}
