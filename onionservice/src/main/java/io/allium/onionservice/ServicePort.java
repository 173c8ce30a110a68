package io.allium.onionservice;

import io.allium.base.Endpoint;
import java.nio.file.Path;

/**
 * A port that a service offers, and the server behind it.
 *
 * @param virtual the port that clients ask for, 1 to 65535
 * @spec rend-spec-v3 1
 */
public record ServicePort(int virtual, Target target) {
    /** Where the server listens. */
    public sealed interface Target {}

    public record Tcp(Endpoint at) implements Target {
        @Override
        public String toString() {
            return at.toString();
        }
    }

    public record Unix(Path socket) implements Target {
        @Override
        public String toString() {
            return "unix:" + socket;
        }
    }

    public ServicePort {
        if (virtual < 1 || virtual > 0xffff) {
            throw new IllegalArgumentException("port " + virtual + " is not between 1 and 65535");
        }
    }

    @Override
    public String toString() {
        return virtual + " to " + target;
    }
}
