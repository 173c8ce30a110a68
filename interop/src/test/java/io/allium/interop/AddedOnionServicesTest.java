package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.SystemEntropy;
import io.allium.crypto.Base32;
import io.allium.crypto.Curve25519KeyPair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Onion services of ours that stem adds and takes away, and what it has our client do with them; C tor's client comes too. */
@ExtendWith(AmongBoth.class)
class AddedOnionServicesTest {
    private static final int BYTES = Integer.getInteger("onions.bytes", 1_000_000);

    @TempDir
    Path folder;

    private final List<MixedNetwork.Node> joined = new ArrayList<>();
    private MixedNetwork network;
    private MixedNetwork.Node service;
    private MixedNetwork.Node theirs;
    private MixedNetwork.Node ours;
    private WebServer web;

    @BeforeEach
    void join(MixedNetwork among) throws Exception {
        network = among;
        web = new WebServer();
        String number = "" + web.port(); // each test has nodes of its own, with logs of their own
        service = join("serviceAdd" + number, true);
        theirs = join("clientAddC" + number, false);
        ours = join("clientAddJ" + number, true);
        for (MixedNetwork.Node each : joined) {
            network.awaitBootstrap(each);
        }
    }

    private MixedNetwork.Node join(String name, boolean isOurs) throws Exception {
        MixedNetwork.Node node = network.startClient(name, isOurs, List.of());
        joined.add(node);
        return node;
    }

    @AfterEach
    void leave() throws Exception {
        for (MixedNetwork.Node each : joined) {
            network.leave(each);
        }
        web.close();
    }

    @Test
    void aServiceIsThereUntilItIsTakenAway() throws Exception {
        String name = stem(service, "add", "" + web.port());
        assertThat(stem(service, "list")).isEqualTo(name);
        for (MixedNetwork.Node client : List.of(theirs, ours)) {
            assertThat(stem(client, "fetch", name)).startsWith("hs-descriptor 3 from ");
            Visitor visitor = new Visitor(folder, client.socksPort());
            visitor.downloads("http://" + name + ".onion", BYTES);
            visitor.uploads("http://" + name + ".onion", BYTES);
        }
        assertThat(stem(service, "remove", name)).isEqualTo("True");
        assertThat(stem(service, "remove", name)).isEqualTo("False");
        assertThat(stem(service, "list")).isEmpty();
        assertThat(stem(service, "say", "GETINFO onions/status")).doesNotContain(name);
        String brief = stem(service, "brief", "" + web.port());
        network.await(
                "a service outlived its controller",
                () -> !stem(service, "say", "GETINFO onions/status").contains(brief));
        assertThat(network.logs().violations()).isEmpty();
    }

    @Test
    void onlyWhoBringsTheKeyIsLetIn() throws Exception {
        Curve25519KeyPair key = Curve25519KeyPair.generate(new SystemEntropy());
        String name = stem(
                service, "add", "" + web.port(), Base32.encode(key.publicKey().bytes()));
        String site = "http://" + name + ".onion";
        for (MixedNetwork.Node client : List.of(theirs, ours)) {
            Visitor visitor = new Visitor(folder, client.socksPort());
            assertThat(visitor.reaches(site)).isFalse();
            assertThat(stem(
                            client,
                            "say",
                            "ONION_CLIENT_AUTH_ADD " + name + " x25519:"
                                    + Base64.getEncoder().encodeToString(key.secret())))
                    .contains("Registered client and decrypted desc");
            visitor.downloads(site, BYTES);
            assertThat(stem(client, "say", "ONION_CLIENT_AUTH_VIEW")).contains(name);
            assertThat(stem(client, "say", "ONION_CLIENT_AUTH_REMOVE " + name)).isEqualTo("OK");
        }
        assertThat(stem(service, "remove", name)).isEqualTo("True");
        assertThat(network.logs().violations()).isEmpty();
    }

    /** Directories take no descriptor that counts less than the one before, nor one that counts as much. */
    @Test
    void aServiceIsPublishedThoughItWasTakenAwayThatSecond() throws Exception {
        assertThat(stem(service, "again", "" + web.port()).lines()).hasSize(5).containsOnly("UPLOADED");
    }

    private String stem(MixedNetwork.Node node, String... act) throws Exception {
        Object[] arguments =
                Stream.concat(Stream.of(node.controlPort()), Stream.of(act)).toArray();
        return String.join("\n", Scripts.lines(folder, "onion_commands.py", arguments));
    }
}
