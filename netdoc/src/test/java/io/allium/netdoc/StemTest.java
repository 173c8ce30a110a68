package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.RsaKeyPair;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another implementation, stem, reads and validates what we write. Needs python3 with stem. */
class StemTest {
    @TempDir
    Path directory;

    @Test
    void stemValidatesOurServerDescriptor() throws Exception {
        byte[] written =
                RouterDescriptorWriter.write(TestKeys.details().build(), TestKeys.router(1), Duration.ofDays(28));

        assertThat(stem("server-descriptor 1.0", written)).isEqualTo("ours");
    }

    @Test
    void stemValidatesOurExtraInfo() throws Exception {
        byte[] written = ExtraInfo.write(
                "ours",
                TestKeys.PUBLISHED,
                List.of("geoip-db-digest " + "AB".repeat(20), "conn-bi-direct 2026-11-20 11:20:00 (86400 s) 1,2,3,4"),
                TestKeys.router(1));

        assertThat(stem("extra-info 1.0", written)).isEqualTo("ours");
    }

    @Test
    void stemValidatesOurKeyCertificateVoteAndConsensus() throws Exception {
        RsaKeyPair identity = TestKeys.rsa(1);
        RsaKeyPair signing = TestKeys.rsa(2);
        byte[] written = KeyCertificate.write(
                Optional.of(Endpoint.parse("127.0.0.1:80")),
                identity,
                signing,
                TestKeys.PUBLISHED,
                TestKeys.PUBLISHED.plus(Duration.ofDays(90)));
        assertThat(stem("dir-key-certificate-3 1.0", written))
                .isEqualTo(identity.fingerprint().hex());

        Vote sample = Vote.parse(Samples.bytes("with-srv-authority")).claimed();
        byte[] vote = VoteWriter.write(withCertificate(sample.body(), written), signing);
        assertThat(stem("network-status-vote-3 1.0", vote)).isEqualTo("r4 a3 r2 a1 r3 a2 r1");

        ConsensusBody body =
                Consensus.parse(Samples.bytes("consensus-microdesc")).claimed().body();
        byte[] consensus =
                ConsensusWriter.write(body, List.of(ConsensusWriter.sign(body, identity.fingerprint(), signing)));
        assertThat(stem("network-status-microdesc-consensus-3 1.0", consensus)).isEqualTo("r4 a3 r2 a1 r3 a2 r1");
    }

    @Test
    void stemDecryptsOurOnionServiceDescriptor() throws Exception {
        OnionDescriptorBody body = OnionKeys.body(3);
        byte[] sealed = OnionDescriptorLayers.seal(OnionKeys.KEYS, 7, body, List.of(), OnionKeys.entropy(5));
        byte[] written = OnionDescriptor.write(OnionKeys.KEYS, OnionDescriptor.LIFETIME_DEFAULT, 7, sealed);
        Path file = Files.write(directory.resolve("descriptor"), written);
        String address = new OnionAddress(OnionKeys.IDENTITY.publicKey()).host();

        assertThat(python(ONION_SCRIPT, file.toString(), address))
                .isEqualTo("7 180 16 [2] True " + OnionKeys.point(0).authKey().base64() + " "
                        + OnionKeys.point(1).authKey().base64() + " "
                        + OnionKeys.point(2).authKey().base64());
    }

    private static VoteBody withCertificate(VoteBody body, byte[] certificate) throws Untrusted {
        return new VoteBody(body.header(), KeyCertificate.parse(certificate).claimed(), body.routers());
    }

    /** What stem finds: the names of the relays, or else the fingerprint. */
    private String stem(String type, byte[] document) throws IOException, InterruptedException {
        Path file = Files.write(directory.resolve("document"), document);
        return python(SCRIPT, type, file.toString());
    }

    private static String python(String script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(pythonWithStem(), "-c", script));
        command.addAll(List.of(arguments));
        Process python = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(python.waitFor()).as("stem said: %s", said).isZero();
        return said;
    }

    private static String pythonWithStem() throws IOException, InterruptedException {
        for (String python : List.of("python3", "/usr/bin/python3")) {
            Process probe = new ProcessBuilder(python, "-c", "import stem")
                    .redirectErrorStream(true)
                    .start();
            if (probe.waitFor() == 0) {
                return python;
            }
        }
        throw new AssertionError("this test needs python3 with stem (Debian: python3-stem)");
    }

    private static final String ONION_SCRIPT = """
            import base64, sys
            from stem.descriptor.hidden_service import HiddenServiceDescriptorV3
            path, address = sys.argv[1:]
            found = HiddenServiceDescriptorV3.from_str(open(path).read(), validate=True)
            inner = found.decrypt(address)
            keys = [base64.b64encode(each.auth_key_cert.key).decode().rstrip('=') for each in inner.introduction_points]
            print(found.revision_counter, found.lifetime, len(inner.outer.clients), inner.formats,
                  inner.is_single_service, *keys)
            """;

    private static final String SCRIPT = """
            import sys
            from stem.descriptor import DocumentHandler, parse_file
            kind, path = sys.argv[1:]
            whole = 'network-status' in kind
            handler = DocumentHandler.DOCUMENT if whole else DocumentHandler.ENTRIES
            for found in parse_file(path, kind, validate=True, document_handler=handler):
                if whole:
                    print(' '.join(each.nickname for each in found.routers.values()))
                else:
                    print(found.nickname if hasattr(found, 'nickname') else found.fingerprint)
            """;
}
