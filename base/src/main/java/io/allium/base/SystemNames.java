package io.allium.base;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/** The machine's own resolver, as the JDK asks it. Immutable. */
public final class SystemNames implements Names {
    /** What C tor 0.4.9 reports for every answer, so that a cache does not tell when an exit asked. */
    private static final Duration TTL = Duration.ofSeconds(60);

    @Override
    public Answer<InetAddress> addresses(String name) throws Refused {
        try {
            return new Answer<>(List.of(InetAddress.getAllByName(name)), TTL);
        } catch (UnknownHostException unknown) {
            throw new Refused(Refused.Kind.RESOLVE_FAILED, "the name does not exist");
        }
    }

    @Override
    public Answer<String> names(InetAddress address) throws Refused {
        String name = address.getCanonicalHostName();
        if (name.equals(address.getHostAddress())) {
            throw new Refused(Refused.Kind.RESOLVE_FAILED, "the address has no name");
        }
        return new Answer<>(List.of(name), TTL);
    }
}
