package io.allium.onionservice;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Refused;
import io.allium.base.Untrusted;
import io.allium.control.CString;
import io.allium.control.ControlArguments;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlCommand;
import io.allium.control.ControlPart;
import io.allium.control.ControlRefusal;
import io.allium.control.ControlReply;
import io.allium.control.ControlSyntax;
import io.allium.control.ControlWords;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.OnionAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The keys that services have let us in with, which controllers bring, take back and see, a method a command. Immutable.
 *
 * @spec control-spec 3.30, 3.31, 3.32
 */
public final class ClientKeyControl implements ControlPart {
    /** C tor's REND_CLIENTNAME_MAX_LEN. */
    static final int NAME_MAX = 16;

    private static final int REPLACED = 251;
    private static final int OPENED = 252;
    private static final String KEY_TYPE = "x25519";
    private static final String PERMANENT = "Permanent";

    private final ClientKeyring keys;
    private final Supplier<Optional<OnionConnector>> visited;
    private final Supplier<Optional<Path>> folder;
    private final Disk disk;
    private final Log log;

    /**
     * Enters nothing yet.
     *
     * @param visited what visits services; nothing while the network is disabled
     * @param folder for keys that are to last: {@code ClientOnionAuthDir}
     */
    public ClientKeyControl(
            ClientKeyring keys,
            Supplier<Optional<OnionConnector>> visited,
            Supplier<Optional<Path>> folder,
            Disk disk,
            Log log) {
        this.keys = keys;
        this.visited = visited;
        this.folder = folder;
        this.disk = disk;
        this.log = log;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .command("ONION_CLIENT_AUTH_ADD", (command, session) -> add(command))
                .command("ONION_CLIENT_AUTH_REMOVE", (command, session) -> remove(command))
                .command("ONION_CLIENT_AUTH_VIEW", (command, session) -> view(command));
    }

    /** {@code ONION_CLIENT_AUTH_ADD ADDRESS x25519:KEY [ClientName=NAME] [Flags=Permanent]}. */
    private ControlReply add(ControlCommand command) throws ControlRefusal {
        ControlArguments arguments = arguments(command, 2);
        ClientKey key = read(arguments);
        if (key.isPermanent()) {
            store(key);
        }
        boolean replaced;
        try {
            replaced = keys.add(key);
        } catch (Refused tooMany) {
            throw new ControlRefusal(ControlReply.OUT_OF_ROOM, tooMany.getMessage());
        }
        boolean opened =
                visited.get().filter(now -> now.errands().unlock(key.service())).isPresent();
        if (opened) {
            return ControlReply.of(OPENED, "Registered client and decrypted desc");
        }
        return replaced ? ControlReply.of(REPLACED, "Client for onion existed and replaced") : ControlReply.ok();
    }

    /** {@code ONION_CLIENT_AUTH_REMOVE ADDRESS}. */
    private ControlReply remove(ControlCommand command) throws ControlRefusal {
        String name = arguments(command, 1).word(0);
        OnionAddress service = address(name);
        Optional<ClientKey> known = keys.remove(service);
        if (known.isEmpty()) {
            return ControlReply.of(REPLACED, "No credentials for \"" + name + "\"");
        }
        if (known.get().isPermanent()) {
            delete(service);
        }
        visited.get().ifPresent(now -> now.errands().forget(service));
        return ControlReply.ok();
    }

    /** {@code ONION_CLIENT_AUTH_VIEW [ADDRESS]}. */
    private ControlReply view(ControlCommand command) throws ControlRefusal {
        ControlArguments arguments = ControlSyntax.words(0, 1).withKeywords().of(command);
        Optional<String> name = arguments.words().stream().findFirst();
        Optional<OnionAddress> only = name.isPresent() ? Optional.of(address(name.get())) : Optional.empty();
        ControlReply reply = ControlReply.of(
                ControlReply.OK, command.name() + name.map(label -> " " + label).orElse(""));
        keys.keys().stream()
                .filter(key -> only.isEmpty() || only.get().equals(key.service()))
                .map(ClientKeyControl::line)
                .sorted()
                .forEach(line -> reply.line(ControlReply.OK, line));
        return reply.line(ControlReply.OK, "OK");
    }

    private static String line(ClientKey key) {
        return "CLIENT " + key.service().label() + " " + KEY_TYPE + ":"
                + Base64.getEncoder().encodeToString(key.key().secret())
                + (key.isPermanent() ? " Flags=" + PERMANENT : "")
                + key.name().map(name -> " ClientName=" + name).orElse("");
    }

    /** So many by their place, without which the command is incomplete; and any by their names. */
    private static ControlArguments arguments(ControlCommand command, int placed) throws ControlRefusal {
        ControlArguments arguments =
                ControlSyntax.words(0, placed).withKeywords().of(command);
        if (arguments.words().size() < placed) {
            throw bad("Incomplete " + command.name() + " command");
        }
        return arguments;
    }

    private static ClientKey read(ControlArguments arguments) throws ControlRefusal {
        OnionAddress service = address(arguments.word(0));
        Curve25519KeyPair key = key(arguments.word(1));
        Optional<String> name = Optional.empty();
        boolean isPermanent = false;
        for (ControlWords.Word each : arguments.keywords()) {
            if (each.is("Flags")) {
                isPermanent |= isPermanent(each.value().orElse(""));
            } else if (each.is("ClientName")) {
                name = each.value();
            }
        }
        if (name.map(String::length).orElse(0) > NAME_MAX) {
            throw bad("ClientName longer than " + NAME_MAX + " chars");
        }
        return new ClientKey(service, key, name, isPermanent);
    }

    private static OnionAddress address(String label) throws ControlRefusal {
        try {
            return OnionAddress.parseLabel(label);
        } catch (Untrusted malformed) {
            throw bad("Invalid v3 address \"" + label + "\"");
        }
    }

    private static Curve25519KeyPair key(String typeAndKey) throws ControlRefusal {
        List<String> parts = Arrays.stream(typeAndKey.split(":"))
                .filter(part -> !part.isEmpty())
                .toList();
        if (parts.size() != 2) {
            throw bad("Invalid key type/blob");
        }
        if (!parts.get(0).equalsIgnoreCase(KEY_TYPE)) {
            throw new ControlRefusal(ControlReply.UNRECOGNIZED, "Unrecognized key type \"" + parts.get(0) + "\"");
        }
        byte[] secret = secret(parts.get(1));
        try {
            return ClientAuthorization.secret(secret);
        } catch (Untrusted none) {
            throw new ControlRefusal(ControlReply.INVALID, "Invalid private key \"" + parts.get(1) + "\"");
        }
    }

    private static byte[] secret(String base64) throws ControlRefusal {
        try {
            byte[] secret = Base64.getDecoder().decode(base64);
            if (secret.length == Curve25519KeyPair.SECRET_LENGTH) {
                return secret;
            }
        } catch (IllegalArgumentException wrongLetter) {
            throw bad("Failed to decode " + KEY_TYPE + " private key");
        }
        throw bad("Failed to decode " + KEY_TYPE + " private key");
    }

    private static boolean isPermanent(String flags) throws ControlRefusal {
        List<String> words =
                Arrays.stream(flags.split(",")).filter(word -> !word.isEmpty()).toList();
        if (words.isEmpty()) {
            throw bad("Invalid 'Flags' argument");
        }
        for (String word : words) {
            if (!word.equalsIgnoreCase(PERMANENT)) {
                throw bad("Invalid 'Flags' argument: " + CString.quote(word));
            }
        }
        return true;
    }

    private void store(ClientKey key) throws ControlRefusal {
        try {
            Optional<Path> to = folder.get();
            if (to.isPresent()) {
                ClientAuthorization.store(disk, to.get(), key);
                return;
            }
            log.warn(Domain.REND, "A key for an onion service cannot be kept: ClientOnionAuthDir is not set.");
        } catch (LocalFailure unwritable) {
            log.warn(Domain.REND, "A key for an onion service cannot be kept: " + unwritable.getMessage());
        }
        throw new ControlRefusal(
                ControlReply.INVALID,
                "Unable to store creds for \"" + key.service().label() + "\"");
    }

    private void delete(OnionAddress service) {
        try {
            Optional<Path> from = folder.get();
            if (from.isPresent()) {
                ClientAuthorization.delete(disk, from.get(), service, log);
            }
        } catch (LocalFailure inTheWay) {
            log.warn(Domain.REND, "The file of a key that was taken back is still there: " + inTheWay.getMessage());
        }
    }

    private static ControlRefusal bad(String why) {
        return new ControlRefusal(ControlReply.BAD_ARGUMENT, why);
    }
}
