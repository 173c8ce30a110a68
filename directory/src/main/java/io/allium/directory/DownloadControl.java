package io.allium.directory;

import io.allium.base.LocalFailure;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlPart;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.KeyCertificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * How our downloads go, as controllers see it: of consensuses and of the certificates that prove them. Of single descriptors
 * nothing is remembered, and bridges are not used. Immutable.
 *
 * @spec control-spec 3.9
 */
public final class DownloadControl implements ControlPart {
    private static final String DIGEST = "[0-9A-F]{40}";

    private final Supplier<Optional<DirectoryClient>> directory;

    /** @param directory nothing while the network is disabled */
    public DownloadControl(Supplier<Optional<DirectoryClient>> directory) {
        this.directory = directory;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
            String key = "downloads/networkstatus/" + flavor.text();
            catalogue
                    .key(key, "How the downloads of this flavour go now.", () -> current(flavor))
                    .key(
                            key + "/bootstrap",
                            "How those go while there is none.",
                            () -> status(
                                    flavor, ConsensusTrack::bootstrapping, DownloadStatus.Kind.bootstrapping(flavor)))
                    .key(
                            key + "/running",
                            "How those go that replace one.",
                            () -> status(flavor, ConsensusTrack::running, DownloadStatus.Kind.RUNNING));
        }
        catalogue
                .prefix("downloads/networkstatus/", "How the downloads of consensuses go.", _ -> {
                    throw new LocalFailure("Unknown flavor");
                })
                .key("downloads/cert/fps", "The authorities whose certificates were downloaded.", this::authorities)
                .key(
                        "downloads/cert/fp/<fp>",
                        "How the downloads of an authority's certificates go.",
                        () -> ofCertificate("<fp>"))
                .key(
                        "downloads/cert/fp/<fp>/<sk>",
                        "How those of the one with a signing key go.",
                        () -> ofCertificate("<fp>/<sk>"))
                .key(
                        "downloads/cert/fp/<fp>/sks",
                        "Which signing keys the authority has certificates of.",
                        () -> signingKeys("<fp>"))
                .prefix("downloads/cert/fp/", "", rest -> Optional.of(certificates(rest)))
                .prefix("downloads/cert/", "How the downloads of certificates go.", _ -> {
                    throw new LocalFailure("Unknown certificate download status query");
                })
                .key("downloads/desc/descs", "The server descriptors whose downloads are known.", this::descriptors)
                .key("downloads/desc/<desc>", "How the downloads of one of them go.", () -> ofDescriptor(""))
                .prefix(
                        "downloads/desc/",
                        "How the downloads of server descriptors go.",
                        rest -> Optional.of(ofDescriptor(rest)))
                .key(
                        "downloads/bridge/bridges",
                        "The bridges whose descriptors are downloaded.",
                        DownloadControl::noBridges)
                .key("downloads/bridge/<desc>", "How the downloads of one of them go.", () -> ofBridge(""))
                .prefix(
                        "downloads/bridge/",
                        "How the downloads of bridges' descriptors go.",
                        rest -> Optional.of(ofBridge(rest)));
    }

    private String current(ConsensusFlavor flavor) {
        boolean hasOne = directory.get().flatMap(now -> now.consensus(flavor)).isPresent();
        return hasOne
                ? status(flavor, ConsensusTrack::running, DownloadStatus.Kind.RUNNING)
                : status(flavor, ConsensusTrack::bootstrapping, DownloadStatus.Kind.bootstrapping(flavor));
    }

    private String status(
            ConsensusFlavor flavor, Function<ConsensusTrack, DownloadStatus> which, DownloadStatus.Kind kind) {
        return directory
                .get()
                .flatMap(now -> now.downloads(flavor, which))
                .orElseGet(() -> DownloadStatus.never(kind))
                .text();
    }

    private Stream<KeyCertificate> held() {
        return directory.get().map(DirectoryClient::certificates).orElse(List.of()).stream();
    }

    private String authorities() {
        return lines(held().map(each -> each.fingerprint().hex()));
    }

    /** @param rest a fingerprint, perhaps with a signing key or {@code sks} behind a slash */
    private String certificates(String rest) throws LocalFailure {
        return rest.endsWith("/sks")
                ? signingKeys(rest.substring(0, rest.length() - "/sks".length()))
                : ofCertificate(rest);
    }

    private String signingKeys(String authority) throws LocalFailure {
        String wanted = authority.toUpperCase(Locale.ROOT);
        if (!wanted.matches(DIGEST)) {
            throw new LocalFailure("That didn't look like an identity digest");
        }
        String keys = lines(held().filter(each -> each.fingerprint().hex().equals(wanted))
                .map(each -> each.signingKeyDigest().hex()));
        if (keys.isEmpty()) {
            throw new LocalFailure("Failed to get list of signing key digests for this authority identity digest");
        }
        return keys;
    }

    private String ofCertificate(String name) throws LocalFailure {
        String wanted = name.toUpperCase(Locale.ROOT);
        boolean hasSigningKey = wanted.contains("/");
        if (!hasSigningKey && !wanted.matches(DIGEST)) {
            throw new LocalFailure("That didn't look like a digest");
        }
        if (hasSigningKey && !wanted.matches(DIGEST + "/.*")) {
            throw new LocalFailure("That didn't look like an identity digest");
        }
        if (hasSigningKey && !wanted.matches(DIGEST + "/" + DIGEST)) {
            throw new LocalFailure("That didn't look like a signing key digest");
        }
        boolean known = held().anyMatch(each -> wanted.equals(each.fingerprint().hex())
                || wanted.equals(
                        each.fingerprint().hex() + "/" + each.signingKeyDigest().hex()));
        if (!known) {
            throw new LocalFailure(
                    hasSigningKey
                            ? "Failed to get download status for this identity/signing key digest pair"
                            : "Failed to get download status for this authority identity digest");
        }
        return status(ConsensusFlavor.MICRODESC, ConsensusTrack::ofCertificates, DownloadStatus.Kind.RUNNING);
    }

    private String descriptors() throws LocalFailure {
        if (directory.get().flatMap(now -> now.consensus(ConsensusFlavor.NS)).isEmpty()) {
            throw new LocalFailure("We don't seem to have a networkstatus-flavored consensus");
        }
        return "";
    }

    private static String ofDescriptor(String name) throws LocalFailure {
        throw new LocalFailure(
                name.toUpperCase(Locale.ROOT).matches(DIGEST)
                        ? "No such descriptor digest found"
                        : "Unknown router descriptor download status query");
    }

    private static String noBridges() throws LocalFailure {
        throw new LocalFailure("We don't seem to be using bridges");
    }

    private static String ofBridge(String name) throws LocalFailure {
        throw new LocalFailure(
                name.toUpperCase(Locale.ROOT).matches(DIGEST)
                        ? "No such bridge identity digest found"
                        : "Unknown bridge descriptor download status query");
    }

    /** Each on a line of its own, none twice. */
    private static String lines(Stream<String> entries) {
        StringBuilder text = new StringBuilder();
        entries.distinct().forEach(entry -> text.append(entry).append('\n'));
        return text.toString();
    }
}
