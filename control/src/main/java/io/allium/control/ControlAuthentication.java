package io.allium.control;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
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
    static final int COOKIE_LENGTH = 32;
    static final int NONCE_LENGTH = 32;
    /** No client's nonce is longer; it comes before authentication. */
    private static final int CLIENT_NONCE_MAX = 512;

    static final byte[] SERVER_KEY = ascii("Tor safe cookie authentication server-to-controller hash");
    static final byte[] CLIENT_KEY = ascii("Tor safe cookie authentication controller-to-server hash");
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private static final String QUOTES_WANTED =
            "  Maybe you tried a plain text password?  If so, the standard requires that"
                    + " you put it in double quotes.";

    private final byte @Nullable [] cookie;
    private final @Nullable Path cookieFile;
    private final List<String> passwords;
    private final Entropy entropy;

    /** What AUTHCHALLENGE hears, and what AUTHENTICATE must bring then; nothing where no challenge was given. */
    record Challenge(ControlReply reply, byte @Nullable [] expected) {}

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

    /** The same cookie, in the same file under this name, with other passwords. */
    public ControlAuthentication withOtherPasswords(Path file, List<String> others) {
        return new ControlAuthentication(cookie, file, others, entropy);
    }

    /** The file that holds the cookie, where there is one. */
    public Optional<Path> cookieFile() {
        return Optional.ofNullable(cookieFile);
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
    Challenge challenge(ControlCommand command) {
        String[] words = command.arguments().strip().split("\\s+", 2);
        if (words[0].isEmpty()) {
            return new Challenge(ControlReply.wantsArguments(command, "at least 1"), null);
        }
        if (words.length < 2 || !isOneWord(words[1])) {
            return none(ControlReply.BAD_ARGUMENT, "Wrong number of arguments for AUTHCHALLENGE");
        }
        if (!words[0].equalsIgnoreCase("SAFECOOKIE")) {
            return none(ControlReply.BAD_SYNTAX, "AUTHCHALLENGE only supports SAFECOOKIE authentication");
        }
        if (!isReadable(words[1]) || words[1].length() > 2 * CLIENT_NONCE_MAX) {
            return none(ControlReply.BAD_SYNTAX, "Invalid base16 client nonce");
        }
        if (cookie == null) {
            return none(ControlReply.BAD_AUTHENTICATION, "Cookie authentication is disabled");
        }
        byte[] clientNonce = bytes(words[1]);
        byte[] serverNonce = entropy.bytes(NONCE_LENGTH);
        byte[] proof = Macs.hmacSha256(SERVER_KEY, cookie, clientNonce, serverNonce);
        byte[] expected = Macs.hmacSha256(CLIENT_KEY, cookie, clientNonce, serverNonce);
        return new Challenge(
                ControlReply.of(
                        ControlReply.OK,
                        "AUTHCHALLENGE SERVERHASH=" + HEX.formatHex(proof) + " SERVERNONCE="
                                + HEX.formatHex(serverNonce)),
                expected);
    }

    private static Challenge none(int code, String why) {
        return new Challenge(ControlReply.of(code, why).andClose(), null);
    }

    /**
     * What AUTHENTICATE hears that does not bring what must be known; nothing where it does.
     *
     * @param expected the answer to the challenge that the session was given
     */
    Optional<ControlReply> refusal(ControlCommand command, byte @Nullable [] expected) {
        String text = command.arguments().strip();
        if (text.startsWith("\"") && CString.end(text, 0) < 0) {
            return Optional.of(ControlReply.unreadableArguments(command));
        }
        if (!isOneWord(text)) {
            return Optional.of(ControlReply.of(ControlReply.BAD_ARGUMENT, "Too many arguments to AUTHENTICATE.")
                    .andClose());
        }
        if (!isReadable(text)) {
            return Optional.of(ControlReply.of(ControlReply.FAILED, "Invalid hexadecimal encoding." + QUOTES_WANTED)
                    .andClose());
        }
        return mismatch(bytes(text), text.startsWith("\""), expected)
                .map(why -> ControlReply.of(ControlReply.BAD_AUTHENTICATION, "Authentication failed: " + why)
                        .andClose());
    }

    /** Why this is not what must be known. */
    private Optional<String> mismatch(byte[] given, boolean quoted, byte @Nullable [] expected) {
        if (expected != null) {
            boolean fits = MessageDigest.isEqual(expected, given);
            return fits ? Optional.empty() : Optional.of(wrongProof(given, expected));
        }
        if (admitsAnybody() || cookie != null && MessageDigest.isEqual(cookie, given)) {
            return Optional.empty();
        }
        for (String hashed : passwords) {
            if (Passwords.verify(hashed, given)) {
                return Optional.empty();
            }
        }
        return Optional.of(passwords.isEmpty() ? wrongCookie(given) : wrongPassword(quoted));
    }

    private static String wrongProof(byte[] given, byte[] expected) {
        return given.length == expected.length
                ? "Safe cookie response did not match expected value."
                : "Wrong length for safe cookie response.";
    }

    private static String wrongCookie(byte[] given) {
        return given.length == COOKIE_LENGTH
                ? "Authentication cookie did not match expected value."
                : "Wrong length on authentication cookie.";
    }

    private String wrongPassword(boolean quoted) {
        if (cookie != null) {
            return "Password did not match HashedControlPassword *or* authentication cookie.";
        }
        return "Password did not match HashedControlPassword value from configuration"
                + (quoted ? "" : "." + QUOTES_WANTED);
    }

    private static boolean isOneWord(String text) {
        return text.startsWith("\"") ? CString.end(text, 0) == text.length() : text.indexOf(' ') < 0;
    }

    /** A quoted string, or hexadecimal digits. */
    private static boolean isReadable(String word) {
        return word.startsWith("\"") || word.length() % 2 == 0 && word.matches("[0-9A-Fa-f]*");
    }

    private static byte[] bytes(String word) {
        return word.startsWith("\"")
                ? ControlText.bytes(CString.unescape(word))
                : HexFormat.of().parseHex(word);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
