package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.directory.HttpHeaders;
import java.util.Optional;

/**
 * One request to a directory, read whole.
 *
 * @param path what is asked for, from {@code /tor/} on and without {@code .z}: "/tor/keys/all"
 * @param body what was posted; empty for GET
 * @spec dir-spec 6
 */
public record DirectoryQuery(Method method, String path, HttpHeaders headers, byte[] body, Asker asker) {

    /** The two methods that directories answer. */
    public enum Method {
        GET,
        POST
    }

    /**
     * Who asks.
     *
     * @param address where the connection, or the channel of the circuit, came from; absent where that says nothing
     * @param anonymous whether the question came through a circuit that may have more than one hop
     * @param tunnelled whether it came over BEGIN_DIR rather than to the DirPort
     */
    public record Asker(Optional<Endpoint> address, boolean anonymous, boolean tunnelled) {}

    /** What follows {@code prefix} in the path, or nothing if the path does not begin so. */
    public Optional<String> after(String prefix) {
        return path.startsWith(prefix) ? Optional.of(path.substring(prefix.length())) : Optional.empty();
    }
}
