package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Untrusted;
import io.allium.control.CString;
import io.allium.control.ControlArguments;
import io.allium.control.ControlCommand;
import io.allium.control.ControlRefusal;
import io.allium.control.ControlReply;
import io.allium.control.ControlSyntax;
import io.allium.control.ControlWords;
import io.allium.crypto.Base32;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.OnionAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads an {@code ADD_ONION}. What is wrong with it is told in C tor's words and its order: the arguments as they stand, what they
 * are together, and the key, which no reply repeats. Confined to the call.
 *
 * @spec control-spec 3.27
 */
final class AddOnion {
    /** What the configuration says of all services. */
    record Mode(boolean isNonAnonymous, boolean selfTest) {}

    /**
     * What a controller asks for.
     *
     * @param isDetached whether the service outlives the controller's session
     * @param newKey the key that was made for it, as the controller gives it back another time; nothing where it brought one, or does
     *     not want to know
     * @param clients the clients' keys as they were given
     */
    record Request(AddedService service, boolean isDetached, Optional<String> newKey, List<String> clients) {}

    private enum Flag {
        DISCARD_PK("DiscardPK"),
        DETACH("Detach"),
        MAX_STREAMS_CLOSE_CIRCUIT("MaxStreamsCloseCircuit"),
        V3_AUTH("V3Auth"),
        NON_ANONYMOUS("NonAnonymous");

        private final String word;

        Flag(String word) {
            this.word = word;
        }
    }

    private static final String KEY_TYPE = "ED25519-V3";
    private static final long UINT32_MAX = 0xffff_ffffL;
    private static final ControlSyntax SYNTAX = ControlSyntax.words(1, 1)
            .withKeywords(Set.of(
                    "PORT",
                    "FLAGS",
                    "MAXSTREAMS",
                    "POWDEFENSESENABLED",
                    "POWQUEUERATE",
                    "POWQUEUEBURST",
                    "CLIENTAUTH",
                    "CLIENTAUTHV3"));

    private final Mode mode;
    private final List<ServicePort> ports = new ArrayList<>();
    private final Set<Flag> flags = EnumSet.noneOf(Flag.class);
    private final List<Curve25519Key> clients = new ArrayList<>();
    private final List<String> clientsGiven = new ArrayList<>();
    private int maxStreams;
    private boolean proofOfWork;
    private int queueRate = ServiceOptions.ProofOfWork.RATE_DEFAULT;
    private int queueBurst = ServiceOptions.ProofOfWork.BURST_DEFAULT;

    private AddOnion(Mode mode) {
        this.mode = mode;
    }

    static Request parse(ControlCommand command, Mode mode, Entropy entropy) throws ControlRefusal {
        ControlArguments arguments = SYNTAX.of(command);
        AddOnion reading = new AddOnion(mode);
        for (ControlWords.Word each : arguments.keywords()) {
            reading.take(each);
        }
        reading.check();
        return reading.request(arguments.word(0), entropy);
    }

    private void take(ControlWords.Word argument) throws ControlRefusal {
        String value = argument.value().orElse("");
        if (argument.is("Port")) {
            ports.add(port(value));
        } else if (argument.is("Flags")) {
            takeFlags(value);
        } else if (argument.is("MaxStreams")) {
            maxStreams = number("MaxStreams", value, ServiceOptions.STREAMS_MAX);
        } else if (argument.is("PoWDefensesEnabled")) {
            proofOfWork = number("PoWDefensesEnabled", value, 1) == 1;
        } else if (argument.is("PoWQueueRate")) {
            queueRate = number("PoWQueueRate", value, UINT32_MAX);
        } else if (argument.is("PoWQueueBurst")) {
            queueBurst = number("PoWQueueBurst", value, UINT32_MAX);
        } else if (argument.is("ClientAuthV3")) {
            clients.add(client(value));
            clientsGiven.add(value);
        } else {
            throw bad("ClientAuth is for services of version 2, which are gone: use ClientAuthV3");
        }
    }

    private static ServicePort port(String value) throws ControlRefusal {
        String[] parts = value.split(",", 2);
        try {
            return ServicePort.parse(parts[0], parts.length == 2 ? parts[1] : "");
        } catch (LocalFailure malformed) {
            throw bad("Invalid VIRTPORT/TARGET");
        }
    }

    private void takeFlags(String value) throws ControlRefusal {
        List<String> words =
                Arrays.stream(value.split(",")).filter(word -> !word.isEmpty()).toList();
        if (words.isEmpty()) {
            throw bad("Invalid 'Flags' argument");
        }
        for (String word : words) {
            flags.add(Arrays.stream(Flag.values())
                    .filter(flag -> flag.word.equalsIgnoreCase(word))
                    .findFirst()
                    .orElseThrow(() -> bad("Invalid 'Flags' argument: " + CString.quote(word))));
        }
    }

    /** A number of at most {@code most}; one too large for an int is as good as the largest. */
    private static int number(String name, String text, long most) throws ControlRefusal {
        long number = text.matches("[0-9]{1,10}") ? Long.parseLong(text) : -1;
        if (number < 0 || number > most) {
            throw bad("Invalid " + name);
        }
        return (int) Math.min(number, Integer.MAX_VALUE);
    }

    private static Curve25519Key client(String text) throws ControlRefusal {
        try {
            byte[] key = Base32.decode(text);
            if (key.length == Curve25519Key.LENGTH) {
                return Curve25519Key.of(key);
            }
        } catch (Untrusted wrongLetter) {
            throw bad("Cannot decode v3 client auth key");
        }
        throw bad("Cannot decode v3 client auth key");
    }

    private void check() throws ControlRefusal {
        boolean lets = flags.contains(Flag.V3_AUTH);
        boolean nonAnonymous = flags.contains(Flag.NON_ANONYMOUS);
        if (ports.isEmpty()) {
            throw bad("Missing 'Port' argument");
        }
        if (!lets && !clients.isEmpty()) {
            throw bad("No auth type specified");
        }
        if (lets && clients.isEmpty()) {
            throw bad("No auth clients specified");
        }
        if (nonAnonymous != mode.isNonAnonymous) {
            throw bad("Tor is in " + (nonAnonymous ? "" : "non-") + "anonymous hidden service mode");
        }
        if (clients.size() > AuthorizedClients.CLIENTS_MAX) {
            throw bad("Invalid client authorization");
        }
    }

    private Request request(String typeAndKey, Entropy entropy) throws ControlRefusal {
        List<String> parts = Arrays.stream(typeAndKey.split(":"))
                .filter(part -> !part.isEmpty())
                .toList();
        if (parts.size() != 2) {
            throw bad("Invalid key type/blob");
        }
        String type = parts.get(0);
        String key = parts.get(1);
        if (type.equalsIgnoreCase(KEY_TYPE)) {
            return request(known(key), Optional.empty());
        }
        if (type.equalsIgnoreCase("NEW") && (key.equalsIgnoreCase("BEST") || key.equalsIgnoreCase(KEY_TYPE))) {
            Ed25519KeyPair made = Ed25519KeyPair.generate(entropy);
            return request(
                    ServiceKeys.of(made),
                    flags.contains(Flag.DISCARD_PK)
                            ? Optional.empty()
                            : Optional.of(KEY_TYPE + ":" + Base64.getEncoder().encodeToString(made.expanded())));
        }
        throw new ControlRefusal(ControlReply.BAD_SYNTAX, "Invalid key type");
    }

    private Request request(ServiceKeys keys, Optional<String> newKey) {
        return new Request(
                new AddedService(keys, options(), clients), flags.contains(Flag.DETACH), newKey, clientsGiven);
    }

    private static ServiceKeys known(String base64) throws ControlRefusal {
        byte[] expanded;
        try {
            expanded = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException wrongLetter) {
            throw bad("Failed to decode " + KEY_TYPE + " key");
        }
        if (expanded.length != Ed25519KeyPair.EXPANDED_LENGTH) {
            throw bad("Failed to decode " + KEY_TYPE + " key");
        }
        ServiceKeys keys = ServiceKeys.of(Ed25519KeyPair.ofExpanded(expanded));
        try {
            OnionAddress.parseLabel(keys.address().label());
            return keys;
        } catch (Untrusted noAddress) {
            throw new ControlRefusal(ControlReply.FAILED, "Failed to generate onion address");
        }
    }

    private ServiceOptions options() {
        return new ServiceOptions(
                Optional.empty(),
                ports,
                ServiceOptions.INTRODUCTION_POINTS_DEFAULT,
                false,
                maxStreams,
                flags.contains(Flag.MAX_STREAMS_CLOSE_CIRCUIT),
                false,
                false,
                Optional.empty(),
                false,
                mode.isNonAnonymous,
                proofOfWork ? Optional.of(new ServiceOptions.ProofOfWork(queueRate, queueBurst)) : Optional.empty(),
                mode.selfTest);
    }

    private static ControlRefusal bad(String why) {
        return new ControlRefusal(ControlReply.BAD_ARGUMENT, why);
    }
}
