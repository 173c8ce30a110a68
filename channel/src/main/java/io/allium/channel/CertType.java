package io.allium.channel;

/**
 * The kinds of certificates in a CERTS cell that we send and check.
 *
 * @spec tor-spec 4.2
 */
final class CertType {
    static final int RSA_IDENTITY = 2;
    static final int SIGNING = 4;
    static final int TLS_LINK = 5;
    static final int LINK_AUTH = 6;
    static final int RSA_CROSS = 7;

    private CertType() {}
}
