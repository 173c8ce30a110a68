package io.allium.netdoc;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.DescriptorCookie;
import io.allium.crypto.Subcredential;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * What is between the two layers of encryption of an onion service's descriptor: the inner one, and the secret that opens it,
 * encrypted for each client. Nobody can tell how many of these are true.
 *
 * @param ephemeralKey the descriptor's, with which clients agree on the keys to their cookies
 * @param cookies for clients and for nobody
 * @param encrypted the inner layer
 * @spec rend-spec-v3 2.5.1.2
 */
record AuthorizedClients(Curve25519Key ephemeralKey, List<DescriptorCookie.Sealed> cookies, Slice encrypted) {
    /** What the text is made of. */
    static final Schema SCHEMA = Schema.of(
            "onion service descriptor's outer layer",
            Schema.once("desc-auth-type").arguments(1).first(),
            Schema.once("desc-auth-ephemeral-key").arguments(1),
            Schema.some("auth-client").arguments(3),
            Schema.once("encrypted").exactly(0).object("MESSAGE"));

    AuthorizedClients {
        cookies = List.copyOf(cookies);
    }

    static AuthorizedClients parse(byte[] text) throws Untrusted {
        return DocumentList.readOne(Slice.of(text), SCHEMA, AuthorizedClients::read);
    }

    private static AuthorizedClients read(Section section) throws Untrusted {
        Item type = section.one("desc-auth-type");
        if (!type.argument(0).equals(TYPE)) {
            throw type.bad("'" + type.argument(0) + "' is unknown");
        }
        List<DescriptorCookie.Sealed> cookies = new ArrayList<>();
        for (Item item : section.all("auth-client")) {
            cookies.add(new DescriptorCookie.Sealed(
                    item.base64(0, ID_LENGTH), item.base64(1, IV_LENGTH), item.base64(2, DescriptorCookie.LENGTH)));
        }
        return new AuthorizedClients(
                Curve25519Key.of(section.one("desc-auth-ephemeral-key").base64(0, Curve25519Key.LENGTH)),
                cookies,
                Slice.of(section.one("encrypted").object()));
    }

    /** For these clients, and as many who don't exist as make a multiple of 16, in no order. */
    static AuthorizedClients of(
            Optional<DescriptorCookie> cookie,
            List<Curve25519Key> clients,
            Subcredential subcredential,
            Slice encrypted,
            Entropy entropy)
            throws ProtocolViolation {
        Curve25519KeyPair ephemeral = Curve25519KeyPair.generate(entropy);
        List<DescriptorCookie.Sealed> cookies = new ArrayList<>();
        if (cookie.isPresent()) {
            for (Curve25519Key client : clients) {
                cookies.add(cookie.get().seal(ephemeral, client, subcredential, entropy));
            }
        }
        while (cookies.isEmpty() || cookies.size() % CLIENTS_MULTIPLE != 0) {
            cookies.add(DescriptorCookie.Sealed.fake(entropy));
        }
        entropy.shuffle(cookies);
        return new AuthorizedClients(ephemeral.publicKey(), cookies, encrypted);
    }

    /** The text as C tor has it, without a newline at its end. */
    byte[] encode() {
        DocumentWriter out = new DocumentWriter();
        out.line("desc-auth-type", TYPE);
        out.line("desc-auth-ephemeral-key", ephemeralKey.paddedBase64());
        for (DescriptorCookie.Sealed cookie : cookies) {
            out.line("auth-client", base64(cookie.clientId()), base64(cookie.iv()), base64(cookie.encrypted()));
        }
        byte[] text = out.line("encrypted").object("MESSAGE", encrypted.bytes()).bytes();
        return Arrays.copyOf(text, text.length - 1);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    private static final String TYPE = "x25519";
    private static final int ID_LENGTH = 8;
    private static final int IV_LENGTH = 16;

    /** HS_DESC_AUTH_CLIENT_MULTIPLE of C tor. */
    private static final int CLIENTS_MULTIPLE = 16;
}
