package io.allium.app;

import io.allium.base.LocalFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What stood behind the name of {@code tor-gencert}. Immutable.
 *
 * @param reuse make a certificate for the signing key that is there
 * @param identity {@code -i}, if it was given
 * @param signing {@code -s}, if it was given
 * @param certificate {@code -c}, if it was given
 * @param months how long the certificate is valid
 * @param address where the authority serves its directory
 */
record GencertLine(
        boolean verbose,
        boolean reuse,
        boolean createIdentity,
        Optional<String> identity,
        Optional<String> signing,
        Optional<String> certificate,
        int months,
        Optional<Place> address,
        OptionalInt passphraseDescriptor) {
    private static final String SYNTAX = """
            Syntax:
            tor-gencert [-h|--help] [-v] [-r|--reuse] [--create-identity-key]
                    [-i identity_key_file] [-s signing_key_file] [-c certificate_file]
                    [-m lifetime_in_months] [-a address:port] [--passphrase-fd <fd>]
            """;

    private static final int MONTHS_DEFAULT = 12;
    private static final int MONTHS_MAX = 24;
    private static final int PORT_MAX = 65_535;

    /** An address or name, and a port; 0 where none was given. */
    record Place(String host, int port) {}

    /** The line, or nothing where it only asks for help or is wrong: {@code tell} has heard why. */
    static Optional<GencertLine> parse(List<String> arguments, Consumer<String> tell) {
        Reader reader = new Reader(arguments);
        Optional<String> stop = reader.read();
        stop.ifPresent(tell);
        return stop.isPresent() ? Optional.empty() : Optional.of(reader.line());
    }

    Path identityFile() {
        return Path.of(identity.orElse("./authority_identity_key"));
    }

    Path signingFile() {
        return Path.of(signing.orElse("./authority_signing_key"));
    }

    Path certificateFile() {
        return Path.of(certificate.orElse("./authority_certificate"));
    }

    /** Which files were not named. */
    void tellDefaults(Consumer<String> tell) {
        if (identity.isEmpty()) {
            tell.accept("No identity key file given; defaulting to " + identityFile());
        }
        if (signing.isEmpty()) {
            tell.accept("No signing key file given; defaulting to " + signingFile());
        }
        if (certificate.isEmpty()) {
            tell.accept("No certificate file given; defaulting to " + certificateFile());
        }
    }

    /** Takes one argument after another. Confined to {@link #parse}. */
    private static final class Reader {
        private final List<String> arguments;
        private int at;
        private boolean verbose;
        private boolean reuse;
        private boolean createIdentity;
        private @Nullable String identity;
        private @Nullable String signing;
        private @Nullable String certificate;
        private int months = MONTHS_DEFAULT;
        private @Nullable Place address;
        private OptionalInt descriptor = OptionalInt.empty();

        Reader(List<String> arguments) {
            this.arguments = arguments;
        }

        /** What to tell and end with; nothing where the line is good. */
        Optional<String> read() {
            while (at < arguments.size()) {
                Optional<String> stop = take(arguments.get(at++));
                if (stop.isPresent()) {
                    return stop;
                }
            }
            return Optional.empty();
        }

        private Optional<String> take(String word) {
            switch (word) {
                case "-h", "--help" -> {
                    return Optional.of(SYNTAX);
                }
                case "-v" -> verbose = true;
                case "-r", "--reuse" -> reuse = true;
                case "--create-identity-key" -> createIdentity = true;
                case "-i", "-s", "-c", "-m", "-a", "--passphrase-fd" -> {
                    return at == arguments.size()
                            ? Optional.of("No argument to " + word + "\n")
                            : take(word, arguments.get(at++));
                }
                default -> {
                    return Optional.of("Unrecognized option " + word + "\n");
                }
            }
            return Optional.empty();
        }

        private Optional<String> take(String word, String value) {
            boolean twice = switch (word) {
                case "-i" -> identity != null;
                case "-s" -> signing != null;
                case "-c" -> certificate != null;
                default -> false;
            };
            if (twice) {
                return Optional.of("Duplicate values for " + word + "\n");
            }
            if (List.of("-i", "-s", "-c").contains(word)) {
                try {
                    ConfiguredPath.of(value);
                } catch (LocalFailure impossible) {
                    return Optional.of(word + ": " + impossible.getMessage() + "\n");
                }
            }
            switch (word) {
                case "-i" -> identity = value;
                case "-s" -> signing = value;
                case "-c" -> certificate = value;
                case "-m" -> {
                    months = value.matches("[0-9]{1,4}") ? Integer.parseInt(value) : -1;
                    if (months < 0 || months > MONTHS_MAX) {
                        return Optional.of("Lifetime (in months) was out of range.\n");
                    }
                }
                case "-a" -> {
                    if (!value.matches("[A-Za-z0-9.-]{1,255}(:[0-9]{1,5})?")) {
                        return Optional.of("Can't resolve address/port for " + value + "\n");
                    }
                    String[] parts = value.split(":", 2);
                    int port = parts.length == 2 ? Integer.parseInt(parts[1]) : 0;
                    if (port > PORT_MAX) {
                        return Optional.of("Can't resolve address/port for " + value + "\n");
                    }
                    address = new Place(parts[0], port);
                }
                default -> {
                    if (!value.matches("[0-9]{1,9}")) {
                        return Optional.of("Invalid --passphrase-fd value " + value + "\n");
                    }
                    descriptor = OptionalInt.of(Integer.parseInt(value));
                }
            }
            return Optional.empty();
        }

        GencertLine line() {
            return new GencertLine(
                    verbose,
                    reuse,
                    createIdentity,
                    Optional.ofNullable(identity),
                    Optional.ofNullable(signing),
                    Optional.ofNullable(certificate),
                    months,
                    Optional.ofNullable(address),
                    descriptor);
        }
    }
}
