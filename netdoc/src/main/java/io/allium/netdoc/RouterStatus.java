package io.allium.netdoc;

import io.allium.base.Endpoint;
import io.allium.crypto.Fingerprint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a consensus or vote says of one relay: its {@code r} line and those that follow.
 *
 * @param descriptor names its server descriptor; absent in a microdesc consensus
 * @param microdescriptor names its microdescriptor; only in a microdesc consensus
 * @param published when the descriptor was made; a fixed time in 2038 in a microdesc consensus
 * @param orPort its IPv4 address and OR port
 * @param dirPort 0 if it has none
 * @param additionalOrPorts from {@code a} lines: at most one IPv6 address in practice
 * @param version such as {@code Tor 0.4.9.11}
 * @param policy the summary of its exit policy; absent in a microdesc consensus
 * @spec dir-spec 3.4.1
 */
public record RouterStatus(
        String nickname,
        Fingerprint fingerprint,
        Optional<Sha1Digest> descriptor,
        Optional<Sha256Digest> microdescriptor,
        Instant published,
        Endpoint orPort,
        int dirPort,
        List<Endpoint> additionalOrPorts,
        FlagSet flags,
        Optional<String> version,
        ProtocolVersions protocols,
        Optional<RouterBandwidth> bandwidth,
        Optional<PortPolicy> policy) {
    public RouterStatus {
        additionalOrPorts = List.copyOf(additionalOrPorts);
    }

    /**
     * What one says of a relay who has its descriptor: what the descriptor tells as it stands there, and the rest as given.
     *
     * @param additionalOrPorts those that work
     * @param version as a status names it, shorter than the descriptor's platform
     */
    public static RouterStatus of(
            RouterDescriptor descriptor,
            List<Endpoint> additionalOrPorts,
            FlagSet flags,
            Optional<String> version,
            ProtocolVersions protocols,
            RouterBandwidth bandwidth) {
        RouterDetails details = descriptor.details();
        return new RouterStatus(
                details.nickname(),
                descriptor.fingerprint(),
                Optional.of(descriptor.digest()),
                Optional.empty(),
                details.published(),
                details.orEndpoint(),
                details.dirPort(),
                additionalOrPorts,
                flags,
                version,
                protocols,
                Optional.of(bandwidth),
                Optional.of(details.exitPolicy().ipv4Summary()));
    }

    /** Its lines in a status document. */
    public String text() {
        DocumentWriter out = new DocumentWriter();
        StatusWriter.router(out, this);
        return out.text();
    }

    public boolean has(RouterFlag flag) {
        return flags.has(flag);
    }
}
