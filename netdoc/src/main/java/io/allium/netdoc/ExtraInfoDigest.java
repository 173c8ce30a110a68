package io.allium.netdoc;

import java.util.Optional;

/**
 * Names the extra-info document that belongs to a server descriptor.
 *
 * @param sha1 of its signed part
 * @param sha256 of all of it, signatures included
 * @spec dir-spec 2.1.1
 */
public record ExtraInfoDigest(Sha1Digest sha1, Optional<Sha256Digest> sha256) {}
