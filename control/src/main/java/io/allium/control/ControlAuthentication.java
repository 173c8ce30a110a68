package io.allium.control;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.crypto.Macs;
import io.allium.crypto.Passwords;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How controllers prove that they may control us: by the content of a file, by a password, or not at all. Immutable.
 *
 * @spec control-spec 3.5, 3.24, 5.1
 */
public final class ControlAuthentication {
    private static final int COOKIE_LENGTH = 32;
    private static final int NONCE_LENGTH = 32;
    /** No client's nonce is longer; it comes before authentication. */
    private static final int CLIENT_NONCE_MAX = 512;

    private static final byte[] SERVER_KEY = ascii("Tor safe cookie authentication server-to-controller hash");
    private static final byte[] CLIENT_KEY = ascii("Tor safe cookie authentication controller-to-server hash");
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final byte @Nullable [] cookie;
    private final @Nullable Path cookieFile;
    private final List<String> passwords;
    private final Entropy entropy;

    /** A challenge that a session was given: what its answer must be. */
    record Challenge(byte[] expected, String reply) {}

    private ControlAuthentication(
            byte @Nullable [] cookie, @Nullable Path cookieFile, List<String> passwords, Entropy entropy) {
        this.cookie = cookie;
        this.cookieFile = cookieFile;
        this.passwords = List.copyOf(passwords);
        this.entropy = entropy;
    }

    /**
     * Whoever knows one of these passwords is let in; anybody where there is none.
     *
     * @param passwords hashed, as {@code --hash-password} writes them
     */
    public static ControlAuthentication withPasswords(List<String> passwords, Entropy entropy) {
        return new ControlAuthentication(null, null, passwords, entropy);
    }

    /** Whoever can read this file is let in too: a new cookie is written to it. */
    public static ControlAuthentication withCookie(Path file, List<String> passwords, Entropy entropy, Disk disk)
            throws LocalFailure {
        byte[] cookie = entropy.bytes(COOKIE_LENGTH);
        disk.write(file.toAbsolutePath(), cookie);
        return new ControlAuthentication(cookie, file.toAbsolutePath(), passwords, entropy);
    }

    /** Whether no method is configured, so that whoever connects may do everything. */
    public boolean admitsAnybody() {
        return cookie == null && passwords.isEmpty();
    }

    /** What PROTOCOLINFO says of it. */
    String describe() {
        List<String> methods = new ArrayList<>();
        if (cookie != null) {
            methods.add("COOKIE");
            methods.add("SAFECOOKIE");
        }
        if (!passwords.isEmpty()) {
            methods.add("HASHEDPASSWORD");
        }
        String list = methods.isEmpty() ? "NULL" : String.join(",", methods);
        return "AUTH METHODS=" + list
                + (cookieFile == null ? "" : " COOKIEFILE=" + CString.quote(cookieFile.toString()));
    }

    /** Answers AUTHCHALLENGE. */
    Challenge challenge(String arguments) throws ProtocolViolation, Refused {
        String[] words = arguments.strip().split("\\s+", 2);
        if (!words[0].equalsIgnoreCase("SAFECOOKIE")) {
            throw new ProtocolViolation("AUTHCHALLENGE only supports SAFECOOKIE authentication");
        }
        if (cookie == null) {
            throw new Refused(Refused.Kind.GENERAL, "Cookie authentication is disabled");
        }
        byte[] clientNonce = token(words.length > 1 ? words[1] : "");
        if (clientNonce.length == 0 || clientNonce.length > CLIENT_NONCE_MAX) {
            throw new ProtocolViolation("Invalid SAFECOOKIE client nonce");
        }
        byte[] serverNonce = entropy.bytes(NONCE_LENGTH);
        byte[] proof = Macs.hmacSha256(SERVER_KEY, cookie, clientNonce, serverNonce);
        byte[] expected = Macs.hmacSha256(CLIENT_KEY, cookie, clientNonce, serverNonce);
        return new Challenge(
                expected,
                "AUTHCHALLENGE SERVERHASH=" + HEX.formatHex(proof) + " SERVERNONCE=" + HEX.formatHex(serverNonce));
    }

    /** Why AUTHENTICATE with these arguments is not enough; nothing where it is. */
    Optional<String> refusal(String arguments, @Nullable Challenge challenge) {
        byte[] given;
        try {
            given = token(arguments.strip());
        } catch (ProtocolViolation malformed) {
            return Optional.of(malformed.getMessage());
        }
        if (challenge != null) {
            return MessageDigest.isEqual(challenge.expected(), given)
                    ? Optional.empty()
                    : Optional.of("Safe cookie response did not match expected value.");
        }
        if (admitsAnybody()) {
            return Optional.empty();
        }
        if (cookie != null && MessageDigest.isEqual(cookie, given)) {
            return Optional.empty();
        }
        for (String hashed : passwords) {
            if (Passwords.verify(hashed, given)) {
                return Optional.empty();
            }
        }
        return Optional.of(
                passwords.isEmpty()
                        ? "Authentication cookie did not match expected value."
                        : "Password did not match HashedControlPassword *or* authentication cookie.");
    }

    /** A quoted string's bytes, or those that hexadecimal digits stand for. */
    private static byte[] token(String text) throws ProtocolViolation {
        if (text.startsWith("\"")) {
            if (CString.end(text, 0) != text.length()) {
                throw new ProtocolViolation("Invalid quoted string.  You need to put the password in double quotes.");
            }
            return ControlReader.bytes(CString.unescape(text));
        }
        if (text.length() % 2 != 0 || !text.matches("[0-9A-Fa-f]*")) {
            throw new ProtocolViolation(
                    "Invalid hexadecimal encoding.  A plain text password must stand in double" + " quotes.");
        }
        return HexFormat.of().parseHex(text);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
