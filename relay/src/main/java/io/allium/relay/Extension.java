package io.allium.relay;

import io.allium.cell.RelayMessage;
import io.allium.channel.ChannelTarget;

/**
 * A client's wish for one more relay, found to be allowed. Each wish is an object of its own, equal only to itself.
 */
final class Extension {
    private final ChannelTarget target;
    private final RelayMessage.Extend2 request;

    Extension(ChannelTarget target, RelayMessage.Extend2 request) {
        this.target = target;
        this.request = request;
    }

    ChannelTarget target() {
        return target;
    }

    RelayMessage.Extend2 request() {
        return request;
    }
}
