package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.LocalFailure;
import io.allium.crypto.KeyFiles;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.ConsensusFlavor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A bridge, and the authority that alone knows it. */
class BridgesTest {
    private static final long SEED = Long.getLong("sim.seed", 20_261_121);

    private final Simulation simulation = Simulation.of(SEED);

    @Test
    void aBridgeIsKnownToItsAuthorityAlone() throws Exception {
        SimHost place = simulation.host("84.0.0.1");
        String line = authority(place);
        TorNetwork network = TorNetwork.of(simulation, 3, 4, 0, line);
        SimulatedTor authority = new SimulatedTor(simulation, "keeper", place, network.common() + """
                Nickname keeper
                ContactInfo nobody@keeper.example
                Address 84.0.0.1
                ORPort 9001
                DirPort 9030
                SocksPort 0
                ExitRelay 0
                AuthoritativeDirectory 1
                BridgeAuthoritativeDirectory 1
                """);
        SimulatedTor bridge =
                new SimulatedTor(simulation, "bridge", simulation.host("85.0.0.1"), network.common() + """
                Nickname hidden
                Address 85.0.0.1
                ORPort 9001
                SocksPort 0
                BridgeRelay 1
                BridgeDistribution Email
                """);
        network.start();
        authority.start();
        bridge.start();
        simulation.run(Duration.ofMinutes(35));

        assertThat(file(authority, "networkstatus-bridges")).contains("\nr hidden ", "\ns Running V2Dir Valid\n");
        assertThat(file(authority, "submitted-descriptors")).contains("\nbridge-distribution-request email\n");
        String consensus = new String(
                NetworkChecks.consensus(network.authorities().getFirst(), ConsensusFlavor.NS),
                StandardCharsets.US_ASCII);
        assertThat(consensus).contains("\nr keeper ").doesNotContain("r hidden ");

        authority.crash();
        simulation.run(Duration.ofSeconds(10));
        authority.start();
        simulation.run(Duration.ofMinutes(1));
        assertThat(file(authority, "networkstatus-bridges")).contains("\nr hidden ");
        assertThat(file(authority, "router-stability")).contains("\n+MTBF 0 0.00000 S=");
    }

    /** Makes a bridge authority's identity, and returns the line by which bridges know it. */
    private static String authority(SimHost host) throws LocalFailure {
        RsaKeyPair identity = RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, host.entropy());
        new KeyFiles(host.disk(), SimulatedTor.DATA.resolve("keys")).writeRsa(KeyFiles.RSA_IDENTITY, identity);
        return "DirAuthority keeper orport=9001 bridge 84.0.0.1:9030 "
                + identity.fingerprint().hex() + "\n";
    }

    private static String file(SimulatedTor tor, String name) throws LocalFailure {
        return new String(
                tor.host().disk().read(SimulatedTor.DATA.resolve(name)).orElseThrow(), StandardCharsets.US_ASCII);
    }
}
