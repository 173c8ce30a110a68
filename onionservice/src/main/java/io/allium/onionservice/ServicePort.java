package io.allium.onionservice;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.control.CString;
import java.nio.file.InvalidPathException;
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

    /**
     * Reads what an operator or a controller wrote.
     *
     * @param virtual the port that clients ask for
     * @param target a port, an address, both, or {@code unix:} and a path, which may be quoted; empty for the same port here
     */
    public static ServicePort parse(String virtual, String target) throws LocalFailure {
        int port = portNumber(virtual);
        if (port == 0) {
            throw new LocalFailure("Missing or invalid port '" + virtual + "' in hidden service port configuration");
        }
        String where = target.isEmpty() ? "" + port : target;
        return new ServicePort(port, where.startsWith("unix:") ? unix(where) : tcp(where, port));
    }

    private static Target unix(String target) throws LocalFailure {
        String path = target.substring("unix:".length());
        if (path.startsWith("\"")) {
            int end = CString.end(path, 0);
            if (end != path.length()) {
                throw new LocalFailure("invalid port mapping: '" + target + "' has no closing quote, or more after it");
            }
            path = CString.unescape(path);
        } else if (path.matches(".*\\s.*")) {
            throw new LocalFailure("invalid port mapping: '" + target + "' has a space: quote the path");
        }
        if (path.isEmpty()) {
            throw new LocalFailure("'unix:' names no path");
        }
        try {
            return new Unix(Path.of(path));
        } catch (InvalidPathException unusable) {
            throw new LocalFailure("invalid port mapping: '" + target + "' names no path", unusable);
        }
    }

    private static Target tcp(String where, int virtual) throws LocalFailure {
        String target = where.startsWith("localhost:") ? where.replace("localhost", "127.0.0.1") : where;
        try {
            if (target.indexOf(':') < 0 && target.indexOf('.') < 0) {
                int port = portNumber(target);
                if (port == 0) {
                    throw new LocalFailure(
                            "Unparseable or out-of-range port '" + target + "' in hidden service port configuration.");
                }
                return new Tcp(new Endpoint(Endpoint.parseAddress("127.0.0.1"), port));
            }
            Endpoint at = Endpoint.isAddress(target)
                    ? new Endpoint(Endpoint.parseAddress(target), virtual)
                    : Endpoint.parse(target);
            return new Tcp(at.port() == 0 ? new Endpoint(at.address(), virtual) : at);
        } catch (IllegalArgumentException malformed) {
            throw new LocalFailure(
                    "Unparseable address in hidden service port configuration: '" + target + "'", malformed);
        }
    }

    /** The port, or 0 for what is none. */
    private static int portNumber(String text) {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        return port > 0xffff ? 0 : port;
    }
}
