package io.allium.netdoc;

/**
 * Which protocol versions the authorities recommend, and which they require, of clients and of relays. One that lacks a
 * required version should not run.
 *
 * @spec dir-spec 3.4.1
 */
public record ProtocolDemands(
        ProtocolVersions recommendedClient,
        ProtocolVersions recommendedRelay,
        ProtocolVersions requiredClient,
        ProtocolVersions requiredRelay) {
    public static final ProtocolDemands NONE = new ProtocolDemands(
            ProtocolVersions.none(), ProtocolVersions.none(), ProtocolVersions.none(), ProtocolVersions.none());
}
