package io.allium.channel;

import io.allium.base.Entropy;
import io.allium.crypto.LinkCertificate;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * How our links look in TLS. TLS encrypts and hides; who is there, the cells inside it prove: so any certificate is
 * accepted, and none is asked of the initiator. What we offer follows C tor, which follows web browsers. Immutable.
 *
 * @spec tor-spec 2.1
 */
final class LinkTls {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /** In the order of C tor's client, as far as the JDK has them. */
    private static final String[] CLIENT_SUITES = {
        "TLS_AES_128_GCM_SHA256",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    };

    /** In the order of C tor's server. */
    private static final String[] SERVER_SUITES = {
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    };

    /** The groups of C tor that the JDK has. */
    private static final String[] GROUPS = {"secp256r1", "x25519"};

    private static final char[] BASE32 = "abcdefghijklmnopqrstuvwxyz234567".toCharArray();

    private final SSLContext context;
    private final Entropy entropy;
    private final boolean server;

    private LinkTls(SSLContext context, Entropy entropy, boolean server) {
        this.context = context;
        this.entropy = entropy;
        this.server = server;
    }

    static LinkTls initiator(Entropy entropy) {
        return new LinkTls(context(null, entropy), entropy, false);
    }

    static LinkTls responder(LinkCertificate certificate, Entropy entropy) {
        return new LinkTls(context(new OneKey(certificate), entropy), entropy, true);
    }

    /** A new connection's TLS, not yet begun. */
    SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine(); // without a host, so that sessions are not resumed
        engine.setUseClientMode(!server);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setCipherSuites(supported(server ? SERVER_SUITES : CLIENT_SUITES, engine));
        parameters.setNamedGroups(GROUPS);
        if (server) {
            parameters.setUseCipherSuitesOrder(true);
        } else {
            parameters.setServerNames(List.of(new SNIHostName(madeUpName())));
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static String[] supported(String[] wanted, SSLEngine engine) {
        List<String> known = Arrays.asList(engine.getSupportedCipherSuites());
        return Arrays.stream(wanted).filter(known::contains).toArray(String[]::new);
    }

    /** 4 to 25 letters and digits between {@code www.} and {@code .com}, as C tor has them. */
    private String madeUpName() {
        StringBuilder name = new StringBuilder("www.");
        int length = 4 + entropy.below(22);
        for (int i = 0; i < length; i++) {
            name.append(BASE32[entropy.below(BASE32.length)]);
        }
        return name.append(".com").toString();
    }

    private static SSLContext context(@Nullable OneKey key, Entropy entropy) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    key == null ? new KeyManager[0] : new KeyManager[] {key},
                    new TrustManager[] {new AnyCertificate()},
                    entropy.secureRandom());
            context.getServerSessionContext().setSessionCacheSize(1); // links are never resumed
            context.getClientSessionContext().setSessionCacheSize(1);
            return context;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JDK has TLS", missing);
        }
    }

    /** Shows our only certificate to whoever asks. */
    private static final class OneKey extends X509ExtendedKeyManager {
        private static final String ALIAS = "link";

        private final LinkCertificate certificate;

        OneKey(LinkCertificate certificate) {
            this.certificate = certificate;
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
            return keyType.startsWith("RSA") ? new String[] {ALIAS} : null;
        }

        @Override
        public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return keyType.startsWith("RSA") ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            return keyType.startsWith("RSA") ? ALIAS : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {certificate.certificate()};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return certificate.key();
        }
    }

    /** Believes nobody, and lets everybody in: CERTS says who they are. */
    private static final class AnyCertificate extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
