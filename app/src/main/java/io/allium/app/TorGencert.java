package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Names;
import io.allium.base.Refused;
import io.allium.base.Sensitive;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNames;
import io.allium.base.SystemTime;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.base.Untrusted;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.KeyCertificate;
import io.allium.relay.Passphrases;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The program {@code tor-gencert}: makes an authority's identity key, which its operator keeps offline and under a
 * passphrase, and with it signing keys and their certificates, which go to the authority. Confined to the program's thread.
 *
 * @spec dir-spec 3.1
 */
public final class TorGencert {
    /** Shorter ones are not taken from a terminal; as OpenSSL, which asks in C tor's program. */
    private static final int PASSPHRASE_MIN = 4;

    /** C tor's program reads no more of a descriptor. */
    private static final int PASSPHRASE_MAX = 1023;

    private static final String ASK = "Enter PEM pass phrase:";

    private final PrintStream err;
    private final InputStream in;
    private final Time time;
    private final ZoneId zone;
    private final Entropy entropy;
    private final Disk disk;
    private final Names names;

    TorGencert(PrintStream err, InputStream in, Time time, ZoneId zone, Entropy entropy, Disk disk, Names names) {
        this.err = err;
        this.in = in;
        this.time = time;
        this.zone = zone;
        this.entropy = entropy;
        this.disk = disk;
        this.names = names;
    }

    public static void main(String[] arguments) {
        int code;
        try (SystemTime time = new SystemTime()) {
            code = new TorGencert(
                            System.err,
                            System.in,
                            time,
                            ZoneId.systemDefault(),
                            new SystemEntropy(),
                            new SystemDisk(),
                            new SystemNames())
                    .run(List.of(arguments));
        }
        System.exit(code);
    }

    int run(List<String> arguments) {
        Optional<GencertLine> parsed = GencertLine.parse(arguments, err::print);
        if (parsed.isEmpty()) {
            return Main.FAILED;
        }
        GencertLine line = parsed.get();
        try (TorLog log =
                new TorLog(time, zone, disk, err, err, line.verbose() ? Log.Severity.DEBUG : Log.Severity.WARN)) {
            line.tellDefaults(text -> log.info(Log.Domain.GENERAL, text));
            try {
                make(line, log);
                return Main.OK;
            } catch (LocalFailure inTheWay) {
                log.err(Log.Domain.GENERAL, inTheWay.getMessage());
                return Main.FAILED;
            }
        }
    }

    private void make(GencertLine line, Log log) throws LocalFailure {
        Optional<Endpoint> address =
                line.address().isPresent() ? Optional.of(resolve(line.address().get())) : Optional.empty();
        RsaKeyPair identity;
        try (Passphrases passphrases = passphrases(line)) {
            identity = line.createIdentity() ? makeIdentity(line, passphrases, log) : readIdentity(line, passphrases);
        }
        RsaKeyPair signing = line.reuse() ? readSigning(line.signingFile()) : makeSigning(line.signingFile(), log);
        Instant now = time.now();
        disk.write(
                line.certificateFile(),
                KeyCertificate.write(address, identity, signing, now, expiry(now, line.months())));
    }

    private Passphrases passphrases(GencertLine line) throws LocalFailure {
        return line.passphraseDescriptor().isPresent()
                ? GivenPassphrase.firstLine(line.passphraseDescriptor().getAsInt(), in, PASSPHRASE_MAX, err)
                : new TypedPassphrases(in, err, "Verifying - " + ASK);
    }

    private RsaKeyPair makeIdentity(GencertLine line, Passphrases passphrases, Log log) throws LocalFailure {
        Path file = line.identityFile();
        if (disk.modified(file).isPresent()) {
            throw new LocalFailure("--create-identity-key was specified, but " + file + " already exists.");
        }
        log.notice(Log.Domain.GENERAL, "Generating " + RsaKeyPair.AUTHORITY_IDENTITY_BITS + "-bit RSA identity key.");
        RsaKeyPair made = RsaKeyPair.generate(RsaKeyPair.AUTHORITY_IDENTITY_BITS, entropy);
        try (Sensitive passphrase = passphrases.askForNew(ASK)) {
            if (passphrases.isInteractive() && passphrase.expose().length < PASSPHRASE_MIN) {
                throw new LocalFailure("Passphrase empty or too short. Passphrase needs to be at least "
                        + PASSPHRASE_MIN + " characters.");
            }
            disk.write(file, made.encryptedPem(passphrase.expose(), entropy).getBytes(StandardCharsets.US_ASCII));
        }
        disk.protect(file);
        return made;
    }

    private RsaKeyPair readIdentity(GencertLine line, Passphrases passphrases) throws LocalFailure {
        Path file = line.identityFile();
        Optional<byte[]> content = disk.read(file);
        if (content.isEmpty() || content.get().length == 0) {
            throw new LocalFailure("No identity key found in " + file + ".  To specify a location for an identity key,"
                    + " use -i.  To generate a new identity key, use --create-identity-key.");
        }
        String pem = new String(content.get(), StandardCharsets.ISO_8859_1);
        try {
            if (!RsaKeyPair.isEncryptedPem(pem)) {
                return RsaKeyPair.parsePem(pem);
            }
            try (Sensitive passphrase = passphrases.ask(ASK)) {
                return RsaKeyPair.parseEncryptedPem(pem, passphrase.expose());
            }
        } catch (Untrusted unusable) {
            throw new LocalFailure("Couldn't read identity key from " + file + ": " + unusable.getMessage(), unusable);
        } finally {
            Arrays.fill(content.get(), (byte) 0);
        }
    }

    private RsaKeyPair makeSigning(Path file, Log log) throws LocalFailure {
        log.notice(Log.Domain.GENERAL, "Generating " + RsaKeyPair.AUTHORITY_SIGNING_BITS + "-bit RSA signing key.");
        RsaKeyPair made = RsaKeyPair.generate(RsaKeyPair.AUTHORITY_SIGNING_BITS, entropy);
        disk.write(file, made.pem().getBytes(StandardCharsets.US_ASCII));
        return made;
    }

    private RsaKeyPair readSigning(Path file) throws LocalFailure {
        byte[] content = disk.read(file)
                .orElseThrow(() -> new LocalFailure("Couldn't open " + file + " for reading: there is no such file"));
        try {
            return RsaKeyPair.parsePem(new String(content, StandardCharsets.ISO_8859_1));
        } catch (Untrusted unusable) {
            throw new LocalFailure("Couldn't read signing key from " + file + ": " + unusable.getMessage(), unusable);
        }
    }

    /** So many months on the calendar of this place, as {@code mktime} counts: January 31st and a month is March 3rd. */
    private Instant expiry(Instant now, int months) {
        OffsetDateTime here = now.atZone(zone).toOffsetDateTime();
        return here.withDayOfMonth(1)
                .plusMonths(months)
                .plusDays(here.getDayOfMonth() - 1L)
                .toInstant();
    }

    private Endpoint resolve(GencertLine.Place place) throws LocalFailure {
        try {
            List<InetAddress> found = Endpoint.isAddress(place.host())
                    ? List.of(Endpoint.parseAddress(place.host()))
                    : names.addresses(place.host()).values();
            return found.stream()
                    .filter(Inet4Address.class::isInstance)
                    .findFirst()
                    .map(address -> new Endpoint(address, place.port()))
                    .orElseThrow(() -> new LocalFailure(place.host() + " must resolve to an IPv4 address"));
        } catch (Refused | Unreachable unknown) {
            throw new LocalFailure("Can't resolve address/port for " + place.host(), unknown);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("Interrupted while resolving " + place.host(), ended);
        }
    }
}
