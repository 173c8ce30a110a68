package io.allium.control;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.TorException;
import io.allium.crypto.Macs;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * How a controller shows a control port that it may be let in: by the best method that the port offers and it has the means
 * for. Immutable.
 *
 * @spec control-spec 3.5, 3.21, 3.24, 5.1
 */
public final class ControllerLogin {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final Optional<String> password;
    private final Disk disk;
    private final Entropy entropy;

    /** What a port says of itself to anybody. */
    record Offer(Set<String> methods, Optional<Path> cookieFile, String version) {
        static Offer read(ControlAnswer answer) throws ProtocolViolation {
            Set<String> methods = new LinkedHashSet<>();
            Optional<Path> cookieFile = Optional.empty();
            String version = "";
            for (ControlAnswer.Line line : answer.lines()) {
                for (ControlWords.Word word : ControlWords.parse(line.text())) {
                    String value = word.value().orElse("");
                    switch (word.key()) {
                        case "METHODS" -> methods.addAll(Arrays.asList(value.split(",")));
                        case "COOKIEFILE" -> cookieFile = Optional.of(path(value));
                        case "Tor" -> version = value;
                        default -> {} // later versions say more
                    }
                }
            }
            return new Offer(methods, cookieFile, version);
        }

        private static Path path(String name) throws ProtocolViolation {
            try {
                return Path.of(name);
            } catch (InvalidPathException none) {
                throw new ProtocolViolation("PROTOCOLINFO: the cookie's file has no name", none);
            }
        }
    }

    /** By what lies in the cookie's file, where there is one. */
    public ControllerLogin(Disk disk, Entropy entropy) {
        this(Optional.empty(), disk, entropy);
    }

    /** By a password too, where the cookie's file cannot be read. */
    public ControllerLogin(Optional<String> password, Disk disk, Entropy entropy) {
        this.password = password;
        this.disk = disk;
        this.entropy = entropy;
    }

    /** Does it, and returns the port's version of Tor. */
    String perform(ControllerLink port) throws TorException, InterruptedException {
        Offer offer = Offer.read(port.ask("PROTOCOLINFO 1").orRefused());
        port.ask(("AUTHENTICATE " + proof(offer, port)).strip()).orRefused();
        return offer.version();
    }

    /** The argument of AUTHENTICATE. */
    private String proof(Offer offer, ControllerLink port) throws TorException, InterruptedException {
        if (offer.methods().contains("NULL")) {
            return "";
        }
        boolean byCookie =
                offer.methods().contains("SAFECOOKIE") || offer.methods().contains("COOKIE");
        if (byCookie && offer.cookieFile().isPresent()) {
            try {
                byte[] cookie = cookie(offer.cookieFile().get());
                return HEX.formatHex(offer.methods().contains("SAFECOOKIE") ? answer(cookie, port) : cookie);
            } catch (LocalFailure unreadable) {
                if (password.isEmpty() || !offer.methods().contains("HASHEDPASSWORD")) {
                    throw unreadable.in("the control port's cookie");
                }
            }
        }
        if (offer.methods().contains("HASHEDPASSWORD") && password.isPresent()) {
            return HEX.formatHex(password.get().getBytes(StandardCharsets.UTF_8));
        }
        throw new Refused(
                Refused.Kind.GENERAL,
                "the control port wants one of " + String.join(", ", offer.methods()) + ", of which we have none");
    }

    /** The port names the file, so that another content than a cookie must not get to it. */
    private byte[] cookie(Path file) throws LocalFailure {
        byte[] cookie = disk.read(file).orElseThrow(() -> new LocalFailure("there is no " + file));
        if (cookie.length != ControlAuthentication.COOKIE_LENGTH) {
            throw new LocalFailure(file + " has " + cookie.length + " bytes, which no cookie has");
        }
        return cookie;
    }

    /** Has the port show that it knows the cookie before we do. */
    private byte[] answer(byte[] cookie, ControllerLink port) throws TorException, InterruptedException {
        byte[] ours = entropy.bytes(ControlAuthentication.NONCE_LENGTH);
        ControlAnswer challenge =
                port.ask("AUTHCHALLENGE SAFECOOKIE " + HEX.formatHex(ours)).orRefused();
        byte[] proof = {};
        byte[] theirs = {};
        for (ControlWords.Word word : ControlWords.parse(challenge.text())) {
            switch (word.key()) {
                case "SERVERHASH" -> proof = hex(word.value().orElse(""));
                case "SERVERNONCE" -> theirs = hex(word.value().orElse(""));
                default -> {} // AUTHCHALLENGE, and what later versions say
            }
        }
        byte[] expected = Macs.hmacSha256(ControlAuthentication.SERVER_KEY, cookie, ours, theirs);
        if (theirs.length != ControlAuthentication.NONCE_LENGTH || !MessageDigest.isEqual(expected, proof)) {
            throw new ProtocolViolation("AUTHCHALLENGE: the control port does not know its cookie");
        }
        return Macs.hmacSha256(ControlAuthentication.CLIENT_KEY, cookie, ours, theirs);
    }

    private static byte[] hex(String digits) throws ProtocolViolation {
        try {
            return HEX.parseHex(digits);
        } catch (IllegalArgumentException none) {
            throw new ProtocolViolation("AUTHCHALLENGE: no hexadecimal digits", none);
        }
    }
}
