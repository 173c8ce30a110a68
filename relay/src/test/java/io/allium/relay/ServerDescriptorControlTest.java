package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.ThreadTasks;
import io.allium.control.ControlEvents;
import io.allium.control.ControlTime;
import io.allium.controltesting.AskedPort;
import io.allium.crypto.Fingerprint;
import io.allium.directory.DocumentFetcher;
import io.allium.directory.DocumentStore;
import io.allium.directory.NetworkView;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ExitPolicy;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Sha1Digest;
import io.allium.testing.ManualTime;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerDescriptorControlTest {
    @TempDir
    private Path home;

    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final ControlEvents events = new ControlEvents();
    private Optional<CachedDirectory> directory = Optional.empty();
    private Optional<NetworkView> view = Optional.empty();
    private ManualTime time;
    private AskedPort port;
    private String others; // another relay's descriptor
    private String other; // its fingerprint

    @BeforeEach
    void open() throws Exception {
        Consensus consensus = Consensus.parse(sample("consensus-microdesc")).claimed();
        time = new ManualTime(consensus.validAfter().plusSeconds(1));
        port = new AskedPort(events, new ServerDescriptorControl(() -> directory, () -> view, time, events));
        RelayKeys keys = keys("other");
        other = keys.fingerprint().hex();
        others = new String(self(keys, "other").current().router(), StandardCharsets.ISO_8859_1);
    }

    @AfterEach
    void close() throws Exception {
        port.close();
        tasks.close();
    }

    @Test
    void aClientHearsWhereItsDescriptorsAre() throws Exception {
        assertThat(port.asker().info("desc/id/" + other))
                .containsExactly(
                        "552 We fetch microdescriptors, not router descriptors. You'll need to use md/id/* instead"
                                + " of desc/id/*.");
        assertThat(port.asker().info("desc/name/other"))
                .containsExactly("552 We fetch microdescriptors, not router descriptors. You'll need to use md/name/*"
                        + " instead of desc/name/*.");
        assertThat(port.asker().info("desc/all-recent")).containsExactly("");
        assertThat(port.asker().info("desc/download-enabled")).containsExactly("0");
        assertThat(port.asker().info("dir/server/all")).containsExactly("551 Servers unavailable");
        assertThat(port.asker().info("dir/server/foo")).containsExactly("551 Key not recognized");
        assertThat(port.asker().info("ns/purpose/foo")).containsExactly("");
        assertThat(port.asker().info("extra-info/digest/xx"))
                .containsExactly("552 Unrecognized key \"extra-info/digest/xx\"");
    }

    @Test
    void aDescriptorThatAControllerBringsIsKept() throws Exception {
        view = Optional.of(NetworkView.of(
                Consensus.parse(sample("consensus-microdesc")).claimed().body(), List.of()));
        port.asker().ask("SETEVENTS NEWDESC");
        assertThat(post("purpose=controller cache=no", others)).containsExactly("650 NEWDESC $" + other + "~test");
        assertThat(port.asker().next()).containsExactly("250 OK");
        assertThat(post("purpose=bridge", others)).containsExactly("251 Router descriptor was not new.");
        List<String> lines = others.lines().toList();
        for (String key : List.of("desc/id/" + other, "desc/id/$" + other, "desc/name/TEST", "desc/all-recent")) {
            assertThat(port.asker().info(key)).as(key).isEqualTo(lines);
        }
        assertThat(port.asker().info("desc-annotations/id/" + other))
                .containsExactly("@source controller", "@purpose controller");
        assertThat(port.asker().info("ns/purpose/controller").getFirst()).startsWith("r test ");
        assertThat(port.asker().info("ns/purpose/bridge")).containsExactly("");
        assertThat(port.asker().info("ns/purpose/foo")).containsExactly("551 Internal error");
    }

    @Test
    void whatIsNoneIsRefused() throws Exception {
        assertThat(post("", "foo")).containsExactly("554 Couldn't parse router descriptor.");
        assertThat(post("", others.replace("uptime", "uptime 1")))
                .containsExactly("554 Couldn't parse router descriptor.");
        assertThat(post("", "x".repeat(BroughtDescriptors.LENGTH_MAX + 1)))
                .containsExactly("554 Couldn't parse router descriptor.");
        assertThat(post("purpose=foo", others)).containsExactly("552 Unknown purpose \"foo\"");
        assertThat(post("cache=maybe", others)).containsExactly("552 Unknown cache request \"maybe\"");
        assertThat(post("foo=maybe", others))
                .containsExactly("512 Bad arguments to +POSTDESCRIPTOR: Unrecognized keyword argument \"foo\"");
        assertThat(post("bar", others))
                .containsExactly("512 Bad arguments to +POSTDESCRIPTOR: Cannot parse keyword argument(s)");
        assertThat(port.asker().ask("+POSTDESCRIPTOR\r\n."))
                .containsExactly("512 Bad arguments to +POSTDESCRIPTOR: Empty body");
        assertThat(port.asker().ask("SETROUTERPURPOSE")).containsExactly("511 SETROUTERPURPOSE is obsolete.");
    }

    @Test
    void aRelayShowsItsOwn() throws Exception {
        RelayKeys keys = keys("self");
        SelfDescriptor self = self(keys, "test");
        DocumentStore store = new DocumentStore(new SystemDisk(), home, Log.NONE);
        directory = Optional.of(directory(store, self, descriptors(store, (_, _) -> null)));
        String ours = new String(self.current().router(), StandardCharsets.ISO_8859_1);
        Fingerprint id = keys.fingerprint();
        for (String key : List.of("desc/id/" + id.hex(), "dir/server/authority", "dir/server/fp/" + id.hex())) {
            assertThat(port.asker().info(key)).as(key).isEqualTo(ours.lines().toList());
        }
        assertThat(port.asker()
                        .info("extra-info/digest/"
                                + self.current().extraInfoDigest().hex()))
                .isEqualTo(new String(self.current().extraInfo(), StandardCharsets.ISO_8859_1)
                        .lines()
                        .toList());
        assertThat(port.asker().info("desc-annotations/id/" + id.hex())).containsExactly("");
        assertThat(port.asker().info("desc/all-recent-extrainfo-hack"))
                .isEqualTo(port.asker().info("desc/all-recent"));
        assertThat(port.asker().info("desc/download-enabled")).containsExactly("1");
        assertThat(port.asker().info("desc/id/" + other))
                .containsExactly("552 Unrecognized key \"desc/id/" + other + "\"");
        assertThat(post("", ours)).containsExactly("554 Router's identity key matches mine.");
    }

    @Test
    void whenAndFromWhomADescriptorCameIsNotedAndKept() throws Exception {
        byte[] document = ("@source \"nobody\"\n" + others).getBytes(StandardCharsets.ISO_8859_1);
        InetAddress from = InetAddress.ofLiteral("192.0.2.7");
        DocumentFetcher.Answer answer =
                new DocumentFetcher.Answer(document, true, "somebody", Optional.empty(), Optional.of(from));
        DocumentStore store = new DocumentStore(new SystemDisk(), home, Log.NONE);
        CachedDescriptors first = descriptors(store, (_, _) -> answer);
        SelfDescriptor self = self(keys("self"), "test");
        directory = Optional.of(directory(store, self, first));
        List<String> notes = List.of("@downloaded-at " + ControlTime.seconds(time.now()), "@source \"192.0.2.7\"");

        assertThat(first.fetch(List.of(Sha1Digest.of(new byte[20])))).isTrue();
        assertThat(port.asker().info("desc-annotations/id/" + other)).isEqualTo(notes);
        assertThat(port.asker().info("desc/id/" + other))
                .isEqualTo(others.lines().toList());
        first.save();
        CachedDescriptors second = descriptors(store, (_, _) -> answer);
        directory = Optional.of(directory(store, self, second));
        time.pass(Duration.ofMinutes(1));
        second.load();
        assertThat(port.asker().info("desc-annotations/id/" + other))
                .as("in the next life")
                .isEqualTo(notes);
    }

    private CachedDescriptors descriptors(DocumentStore store, DocumentFetcher fetcher) {
        return new CachedDescriptors(time, tasks, Log.NONE, fetcher, store, Optional::empty, RelayEvents.NONE);
    }

    private CachedDirectory directory(DocumentStore store, SelfDescriptor self, CachedDescriptors descriptors) {
        return new CachedDirectory(
                time,
                _ -> Optional.empty(),
                List::of,
                new CachedMicrodescriptors(time, store),
                descriptors,
                self,
                new ConsensusDiffs(time, tasks, Log.NONE, new SystemDisk(), home, _ -> Optional.empty()));
    }

    @Test
    void historiesStandBeforeTheSignature() {
        String extraInfo = "extra-info a\nwrite-history 2 NSEC 3\nread-history 1 NSEC 2\nrouter-signature\n";
        assertThat(ServerDescriptorControl.withHistories("router a\nrouter-signature\nx\n", extraInfo))
                .isEqualTo("router a\nread-history 1 NSEC 2\nwrite-history 2 NSEC 3\nrouter-signature\nx\n");
        assertThat(ServerDescriptorControl.withHistories("router a\nrouter-signature\n", ""))
                .isEqualTo("router a\nrouter-signature\n");
    }

    @Test
    void whatWasBroughtFirstMakesRoom() throws Exception {
        BroughtDescriptors all = new BroughtDescriptors();
        RouterDescriptor one = RouterDescriptor.parse(others.getBytes(StandardCharsets.ISO_8859_1))
                .claimed();
        BroughtDescriptors.Brought brought = new BroughtDescriptors.Brought(one, BroughtDescriptors.Purpose.GENERAL);
        assertThat(all.add(brought)).isTrue();
        assertThat(all.add(brought)).as("as new as the one before").isFalse();
        assertThat(all.all()).containsExactly(brought);
    }

    private List<String> post(String arguments, String document) throws Exception {
        return port.asker().ask("+POSTDESCRIPTOR " + arguments + "\r\n" + document + "\r\n.");
    }

    private RelayKeys keys(String name) throws Exception {
        SystemDisk disk = new SystemDisk();
        Path data = home.resolve(name);
        disk.privateFolder(data);
        return new RelayKeys(disk, time, new SystemEntropy(), Log.NONE, RelayOptionsFixture.options(data));
    }

    private SelfDescriptor self(RelayKeys keys, String name) {
        return new SelfDescriptor(
                time,
                Log.NONE,
                RelayOptionsFixture.options(home.resolve(name)),
                keys,
                ExitPolicy.REJECT_ALL,
                new ObservedBandwidth(time),
                new OnionStatistics(time, new SystemEntropy(), true),
                "on Test");
    }

    private byte[] sample(String name) throws Exception {
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }
}
