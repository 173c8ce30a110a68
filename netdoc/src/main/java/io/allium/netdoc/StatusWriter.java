package io.allium.netdoc;

import io.allium.base.Endpoint;
import java.util.Base64;
import java.util.List;

/**
 * Writes what votes and consensuses have in common, exactly as C tor does.
 *
 * @spec dir-spec 3.4.1
 */
final class StatusWriter {
    private StatusWriter() {}

    static void times(DocumentWriter out, DocumentTimes times) {
        out.line("valid-after", Timestamps.text(times.validAfter()));
        out.line("fresh-until", Timestamps.text(times.freshUntil()));
        out.line("valid-until", Timestamps.text(times.validUntil()));
        out.line(
                "voting-delay",
                times.voteDelay().toSeconds(),
                times.distributionDelay().toSeconds());
    }

    static void packages(DocumentWriter out, List<String> packages) {
        packages.forEach(each -> out.line("package", each));
    }

    static void sharedRandom(DocumentWriter out, String keyword, SharedRandomValue value) {
        out.line(
                keyword,
                value.reveals(),
                Base64.getEncoder().encodeToString(value.value().bytes()));
    }

    static void source(DocumentWriter out, DirectorySource source) {
        out.line(
                "dir-source",
                source.nickname(),
                source.identity().hex(),
                source.hostname(),
                Endpoint.text(source.address()),
                source.dirPort(),
                source.orPort());
    }

    /** The lines of a relay up to its exit policy's summary. */
    static void router(DocumentWriter out, RouterStatus router) {
        out.raw("r ").raw(router.nickname()).raw(" ");
        out.raw(Base64.getEncoder()
                .withoutPadding()
                .encodeToString(router.fingerprint().bytes()));
        router.descriptor().ifPresent(digest -> out.raw(" ").raw(digest.base64()));
        out.line(
                "",
                Timestamps.text(router.published()),
                Endpoint.text(router.orPort().address()),
                router.orPort().port(),
                router.dirPort());
        router.additionalOrPorts().forEach(endpoint -> out.line("a", endpoint));
        router.microdescriptor().ifPresent(digest -> out.line("m", digest.base64()));
        out.line("s", router.flags().names().toArray());
        router.version().ifPresent(version -> out.line("v", version));
        out.lineIfAny("pr", router.protocols().text());
        router.bandwidth().ifPresent(bandwidth -> bandwidth(out, bandwidth));
        router.policy().ifPresent(policy -> out.line("p", policy));
    }

    private static void bandwidth(DocumentWriter out, RouterBandwidth bandwidth) {
        out.raw("w Bandwidth=" + bandwidth.bandwidth());
        bandwidth.measured().ifPresent(measured -> out.raw(" Measured=" + measured));
        out.raw(bandwidth.unmeasured() ? " Unmeasured=1" : "");
        bandwidth.guardFraction().ifPresent(percent -> out.raw(" GuardFraction=" + percent));
        out.raw("\n");
    }

    /** A signature item; the algorithm is left out where it is sha1. */
    static void signature(DocumentWriter out, DirectorySignature signature) {
        if (signature.algorithm().equals("sha1")) {
            out.line(
                    "directory-signature",
                    signature.identity().hex(),
                    signature.signingKey().hex());
        } else {
            out.line(
                    "directory-signature",
                    signature.algorithm(),
                    signature.identity().hex(),
                    signature.signingKey().hex());
        }
        out.object("SIGNATURE", signature.signature().bytes());
    }
}
