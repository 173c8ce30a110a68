package io.allium.relay;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Wire;
import java.util.Optional;

/** What DirPorts share with the links of this process: the bandwidth that the operator gives. Safe from any task. */
public interface DirectoryLoad {
    /** There is bandwidth enough for everything. */
    DirectoryLoad NONE = new DirectoryLoad() {
        @Override
        public ByteStream metered(Wire connection) {
            return connection;
        }

        @Override
        public boolean isTooMuch(Optional<Endpoint> asker, long bytes) {
            return false;
        }
    };

    /** The same connection, which waits where the bandwidth is used up. */
    ByteStream metered(Wire connection);

    /** A connection from within this process, which costs the links nothing here. */
    default ByteStream within(ByteStream connection) {
        return connection;
    }

    /** Whether somebody there had better ask again later, because so many bytes would have to wait. */
    boolean isTooMuch(Optional<Endpoint> asker, long bytes);
}
