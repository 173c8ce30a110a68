package io.allium.app;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Wire;
import io.allium.channel.Channels;
import io.allium.channel.ConnectionCount;
import io.allium.directory.DirectoryAuthority;
import io.allium.directory.NetworkView;
import io.allium.relay.DirectoryLoad;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A DirPort's part of the bandwidth. An authority answers relays and other authorities whatever its load, and everybody
 * where {@code AuthDirRejectRequestsUnderLoad} says so. Safe from any task.
 */
final class DirPortLoad implements DirectoryLoad {
    private final Channels channels;
    private final boolean isAuthority;
    private final boolean rejects;
    private final List<DirectoryAuthority> authorities;
    private final Supplier<Optional<NetworkView>> network;

    DirPortLoad(
            Channels channels,
            Options options,
            List<DirectoryAuthority> authorities,
            Supplier<Optional<NetworkView>> network) {
        this.channels = channels;
        this.isAuthority = options.flag("AuthoritativeDirectory") && options.flag("V3AuthoritativeDirectory");
        this.rejects = options.flag("AuthDirRejectRequestsUnderLoad");
        this.authorities = List.copyOf(authorities);
        this.network = network;
    }

    @Override
    public ByteStream metered(Wire connection) {
        return channels.metered(connection);
    }

    @Override
    public ByteStream within(ByteStream connection) {
        return channels.count(ConnectionCount.Kind.DIR).ofReading(connection);
    }

    @Override
    public boolean isTooMuch(Optional<Endpoint> asker, long bytes) {
        if (isAuthority && !rejects) {
            return false;
        }
        return channels.isWritingLow(asker, bytes)
                && !(isAuthority && asker.isPresent() && isKnown(asker.get().address()));
    }

    /** Whether a relay or an authority is there; a look at all of them, for those few who ask while we are busy. */
    private boolean isKnown(InetAddress address) {
        return authorities.stream().anyMatch(each -> each.dirPort().address().equals(address))
                || network.get().stream()
                        .flatMap(view -> view.relays().stream())
                        .flatMap(relay -> relay.addresses().stream())
                        .anyMatch(each -> each.address().equals(address));
    }
}
