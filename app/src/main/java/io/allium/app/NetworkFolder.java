package io.allium.app;

import io.allium.app.NetworkNode.Role;
import io.allium.app.NetworkTorrc.Identity;
import io.allium.base.Disk;
import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Sensitive;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.crypto.KeyFiles;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.KeyCertificate;
import io.allium.relay.RelayKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The folder of a private network: writes all that its nodes need, keys first. Confined to the program's thread, but for the
 * keys, which are made on all processors.
 */
final class NetworkFolder {
    /** Where the authorities' identity keys are until their operator takes them away. */
    static final String OFFLINE = "offline";

    /** As tor-gencert's, which counts twelve months. */
    static final Duration CERTIFICATE_LIFETIME = Duration.ofDays(365);

    private final NetworkPlan plan;
    private final Time time;
    private final Entropy entropy;
    private final Disk disk;
    private final Tasks tasks;

    NetworkFolder(NetworkPlan plan, Time time, Entropy entropy, Disk disk, Tasks tasks) {
        this.plan = plan;
        this.time = time;
        this.entropy = entropy;
        this.disk = disk;
        this.tasks = tasks;
    }

    /** Makes the folder, unless there is one with something in it, which nobody wants mixed with a network's keys. */
    void claim() throws LocalFailure {
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(plan.folder())) {
            if (inside.iterator().hasNext()) {
                throw new LocalFailure(plan.folder() + " is not empty: a network is written to a new folder");
            }
        } catch (NoSuchFileException fine) {
            // The next line makes it.
        } catch (IOException failed) {
            throw new LocalFailure(plan.folder() + " cannot be used: it is no folder, or not ours to read", failed);
        }
        disk.privateFolder(plan.folder());
    }

    /** Makes everybody's keys. Those of an authority's identity are locked by the passphrase, if there is one. */
    Map<NetworkNode, Identity> makeKeys(Optional<Sensitive> passphrase) throws LocalFailure, InterruptedException {
        Map<NetworkNode, CompletableFuture<Identity>> making = new LinkedHashMap<>();
        for (NetworkNode node : plan.nodes()) {
            if (node.isRelay()) {
                making.put(
                        node,
                        tasks.compute(
                                "keys of " + node.name(),
                                () -> node.role() == Role.AUTHORITY ? authority(node, passphrase) : relay(node)));
            }
        }
        Map<NetworkNode, Identity> made = new LinkedHashMap<>();
        for (Map.Entry<NetworkNode, CompletableFuture<Identity>> each : making.entrySet()) {
            made.put(each.getKey(), done(each.getValue()));
        }
        return made;
    }

    /** Writes all that is no key. */
    void writeFiles(Map<NetworkNode, Identity> identities, NetworkServices.Surroundings here) throws LocalFailure {
        NetworkServices services = new NetworkServices(plan, here);
        write(NetworkTorrc.COMMON, NetworkTorrc.common(plan, identities));
        for (NetworkNode node : plan.nodes()) {
            disk.privateFolder(plan.folder().resolve(node.name()));
            write(node.name() + "/torrc", NetworkTorrc.of(node, plan.folder()));
            write("systemd/" + NetworkServices.unitName(node), services.unit(node));
        }
        write("compose.yaml", services.compose());
        write("Dockerfile", services.dockerfile());
        write("README.md", new NetworkReadme(plan, here, identities).text());
        program("start", services.start());
        program("stop", services.stop());
    }

    private Identity authority(NetworkNode node, Optional<Sensitive> passphrase) throws LocalFailure {
        Identity relay = relay(node);
        Path keys = plan.folder().resolve(node.name()).resolve("keys");
        RsaKeyPair identity = RsaKeyPair.generate(RsaKeyPair.AUTHORITY_IDENTITY_BITS, entropy);
        RsaKeyPair signing = RsaKeyPair.generate(RsaKeyPair.AUTHORITY_SIGNING_BITS, entropy);
        Instant now = time.now();
        Endpoint directory = new Endpoint(Endpoint.parseAddress(node.host().address()), node.dirPort());
        byte[] certificate =
                KeyCertificate.write(Optional.of(directory), identity, signing, now, now.plus(CERTIFICATE_LIFETIME));

        String pem =
                passphrase.isPresent() ? identity.encryptedPem(passphrase.get().expose(), entropy) : identity.pem();
        Path offline = plan.folder().resolve(OFFLINE).resolve(node.name());
        disk.privateFolder(offline);
        disk.write(offline.resolve(KeyFiles.AUTHORITY_IDENTITY), pem.getBytes(StandardCharsets.US_ASCII));
        disk.protect(offline.resolve(KeyFiles.AUTHORITY_IDENTITY));
        new KeyFiles(disk, keys).writeRsa(KeyFiles.AUTHORITY_SIGNING, signing);
        disk.write(keys.resolve(KeyFiles.AUTHORITY_CERTIFICATE), certificate);
        return new Identity(relay.fingerprint(), identity.fingerprint());
    }

    private Identity relay(NetworkNode node) throws LocalFailure {
        Options options = Options.parse(
                "ORPort " + node.host().address() + ":" + node.orPort() + "\nNickname " + node.name() + "\n");
        RelayKeys keys = RelaySide.keys(options, plan.folder().resolve(node.name()), time, entropy, disk, Log.NONE);
        return new Identity(keys.fingerprint(), keys.fingerprint());
    }

    private void write(String name, String text) throws LocalFailure {
        disk.write(plan.folder().resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }

    private void program(String name, String text) throws LocalFailure {
        write(name, text);
        Path file = plan.folder().resolve(name);
        try {
            if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        } catch (IOException failed) {
            throw new LocalFailure("cannot make " + file + " a program", failed);
        }
    }

    private static Identity done(CompletableFuture<Identity> keys) throws LocalFailure, InterruptedException {
        try {
            return keys.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof LocalFailure why
                    ? why
                    : new LocalFailure("keys could not be made: " + failed.getCause(), failed);
        }
    }
}
