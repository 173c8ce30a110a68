package io.allium.control;

import io.allium.base.TorException;
import io.allium.base.Untrusted;
import io.allium.crypto.OnionAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The commands of a controller that make onion services and open the way to others'. Immutable; the controller may be
 * closed.
 *
 * @spec control-spec 3.26 to 3.32
 */
public final class OnionControls {
    /** A key of its own for a new service. */
    public static final String NEW_KEY = "NEW:ED25519-V3";

    private final Controller controller;

    /**
     * A service that was made.
     *
     * @param key what makes it again, for {@link Service}; nothing where it was given, or is not to be told
     */
    public record Made(OnionAddress address, Optional<String> key) {}

    /**
     * A service to make.
     *
     * @param key {@link #NEW_KEY}, or what {@link Made} told
     * @param flags {@code Detach}, {@code DiscardPK}, {@code V3Auth} …
     * @param ports each {@code 80} or {@code 80,127.0.0.1:8080}
     * @param clients the keys of who is let in, in base32; none for everybody
     */
    public record Service(String key, List<String> flags, List<String> ports, List<String> clients) {
        /** A new one for everybody, which ends with the controller's connection. */
        public static Service forEverybody(String... ports) {
            return new Service(NEW_KEY, List.of(), List.of(ports), List.of());
        }

        private String words() {
            return key
                    + (flags.isEmpty() ? "" : " Flags=" + String.join(",", flags))
                    + ports.stream().map(port -> " Port=" + port).collect(Collectors.joining())
                    + clients.stream().map(client -> " ClientAuthV3=" + client).collect(Collectors.joining());
        }
    }

    OnionControls(Controller controller) {
        this.controller = controller;
    }

    public Made add(Service service) throws TorException, InterruptedException {
        ControlAnswer answer = controller.ask("ADD_ONION " + service.words()).orRefused();
        Optional<String> key = answer.lines().stream()
                .map(ControlAnswer.Line::text)
                .filter(line -> line.startsWith("PrivateKey="))
                .map(line -> line.substring("PrivateKey=".length()))
                .findFirst();
        return new Made(OnionAddress.parseLabel(answer.value("ServiceID")), key);
    }

    public void delete(OnionAddress address) throws TorException, InterruptedException {
        controller.ask("DEL_ONION " + address.label()).orRefused();
    }

    /** Those that this connection made. */
    public List<OnionAddress> current() throws TorException, InterruptedException {
        return addresses(controller.info("onions/current"));
    }

    /** Those that were made to outlive the connection that made them. */
    public List<OnionAddress> detached() throws TorException, InterruptedException {
        return addresses(controller.info("onions/detached"));
    }

    private static List<OnionAddress> addresses(String lines) throws Untrusted {
        List<OnionAddress> addresses = new ArrayList<>();
        for (String line : lines.lines().filter(each -> !each.isEmpty()).toList()) {
            addresses.add(OnionAddress.parseLabel(line));
        }
        return addresses;
    }

    /** Begins to fetch a service's descriptor; the HS_DESC events tell what comes of it. */
    public void fetch(OnionAddress address) throws TorException, InterruptedException {
        controller.ask("HSFETCH " + address.label()).orRefused();
    }

    /** @param secret a service's key to let us in, an X25519 secret in base64 */
    public void addAuthorization(OnionAddress address, String secret) throws TorException, InterruptedException {
        controller
                .ask("ONION_CLIENT_AUTH_ADD " + address.label() + " x25519:" + secret)
                .orRefused();
    }

    public void removeAuthorization(OnionAddress address) throws TorException, InterruptedException {
        controller.ask("ONION_CLIENT_AUTH_REMOVE " + address.label()).orRefused();
    }
}
