package io.allium.netdoc;

import io.allium.crypto.Fingerprint;

/**
 * An authority's signature of a vote or consensus, not checked by itself.
 *
 * @param algorithm of the digest that is signed: {@code sha1} or {@code sha256}
 * @param identity the authority's v3 identity
 * @param signingKey the digest of the key that signed, which that identity certifies
 * @param signature PKCS#1 1.5 over the digest alone
 * @spec dir-spec 3.4.1
 */
public record DirectorySignature(String algorithm, Fingerprint identity, Fingerprint signingKey, Slice signature) {}
