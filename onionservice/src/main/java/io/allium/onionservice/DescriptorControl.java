package io.allium.onionservice;

import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Untrusted;
import io.allium.control.ControlArguments;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlCommand;
import io.allium.control.ControlPart;
import io.allium.control.ControlRefusal;
import io.allium.control.ControlReply;
import io.allium.control.ControlSyntax;
import io.allium.control.ControlText;
import io.allium.control.ControlWords;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.OnionAddress;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import io.allium.netdoc.OnionDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Descriptors of onion services, as controllers see them, fetch them, and have them brought to directories, a method a command.
 * Immutable.
 *
 * @spec control-spec 3.9, 3.26, 3.29
 */
public final class DescriptorControl implements ControlPart {
    private final Supplier<Optional<OnionConnector>> visited;
    private final Supplier<List<OnionService>> services;
    private final Supplier<Optional<NetworkView>> network;
    private final Runnable used;
    private final Time time;

    /**
     * Enters nothing yet.
     *
     * @param visited what visits the services of others; nothing while the network is disabled
     * @param services ours that run
     * @param network what is believed of the network
     * @param used run when the network is needed
     */
    public DescriptorControl(
            Supplier<Optional<OnionConnector>> visited,
            Supplier<List<OnionService>> services,
            Supplier<Optional<NetworkView>> network,
            Runnable used,
            Time time) {
        this.visited = visited;
        this.services = services;
        this.network = network;
        this.used = used;
        this.time = time;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .prefix(
                        "hs/client/desc/id/",
                        "The descriptor of an onion service, by its address, as directories gave it to us.",
                        rest -> known(fetched(address(rest))))
                .prefix(
                        "hs/service/desc/id/",
                        "The descriptor of an onion service of ours, by its address.",
                        rest -> known(own(address(rest))))
                .command("HSFETCH", (command, session) -> fetch(command))
                .command("HSPOST", (command, session) -> post(command));
    }

    private Optional<DescriptorErrands> errands() {
        return visited.get().map(OnionConnector::errands);
    }

    private Optional<byte[]> fetched(OnionAddress address) {
        return errands().flatMap(errands -> errands.document(address));
    }

    private Optional<byte[]> own(OnionAddress address) {
        return services.get().stream()
                .filter(service -> service.address().equals(address))
                .findFirst()
                .flatMap(OnionService::descriptor);
    }

    private static Optional<String> known(Optional<byte[]> descriptor) throws Refused {
        byte[] document = descriptor.orElseThrow(() -> new Refused(Refused.Kind.ONION_NOT_FOUND, "Not found in cache"));
        return Optional.of(ControlText.of(document));
    }

    private static OnionAddress address(String label) throws Refused {
        try {
            return OnionAddress.parseLabel(label);
        } catch (Untrusted malformed) {
            throw new Refused(Refused.Kind.ONION_ADDRESS_INVALID, "Invalid address");
        }
    }

    /** {@code HSFETCH ADDRESS [SERVER=RELAY ...]}. */
    private ControlReply fetch(ControlCommand command) throws ControlRefusal {
        ControlArguments arguments =
                ControlSyntax.words(1, 1).withKeywords(Set.of("SERVER")).of(command);
        String name = arguments.word(0);
        OnionAddress service;
        try {
            service = OnionAddress.parseLabel(name);
        } catch (Untrusted malformed) {
            return ControlReply.of(ControlReply.BAD_SYNTAX, "Invalid argument \"" + name + "\"");
        }
        List<Relay> servers = servers(arguments);
        used.run();
        return ControlReply.ok()
                .afterwards(() -> errands().ifPresent(errands -> {
                    if (servers.isEmpty()) {
                        errands.fetch(service);
                    } else {
                        errands.fetchFrom(service, servers);
                    }
                }));
    }

    /** {@code +HSPOST [SERVER=RELAY ...] HSADDRESS=ADDRESS} and the descriptor. */
    private ControlReply post(ControlCommand command) throws ControlRefusal {
        ControlArguments arguments = ControlSyntax.words(0, 0)
                .withKeywords(Set.of("SERVER", "HSADDRESS"))
                .of(command);
        Optional<OnionAddress> service = Optional.empty();
        for (ControlWords.Word each : arguments.keywords()) {
            if (each.is("HSADDRESS")) {
                service = Optional.of(posted(each.value().orElse("")));
            }
        }
        List<Relay> servers = servers(arguments);
        OnionAddress address = service.orElseThrow(
                () -> new ControlRefusal(ControlReply.BAD_ARGUMENT, "Missing 'HSADDRESS' argument"));
        byte[] document = ControlText.bytes(command.data().stripTrailing() + "\n");
        OnionDescriptor descriptor = outside(document);
        used.run();
        return ControlReply.ok()
                .afterwards(() -> errands().ifPresent(errands -> errands.post(address, document, descriptor, servers)));
    }

    private static OnionAddress posted(String label) throws ControlRefusal {
        try {
            return OnionAddress.parseLabel(label);
        } catch (Untrusted malformed) {
            throw new ControlRefusal(ControlReply.BAD_ARGUMENT, "Malformed onion address");
        }
    }

    /** What directories will see of it. */
    private OnionDescriptor outside(byte[] document) throws ControlRefusal {
        int lengthLimit = errands().map(DescriptorErrands::lengthLimit).orElse(OnionDescriptor.LENGTH_LIMIT);
        try {
            return OnionDescriptor.parse(document, lengthLimit).verify(OnionDescriptor.signedAt(time.now()));
        } catch (Untrusted malformed) {
            throw new ControlRefusal(ControlReply.INVALID_DESCRIPTOR, "Invalid descriptor");
        }
    }

    private List<Relay> servers(ControlArguments arguments) throws ControlRefusal {
        List<Relay> servers = new ArrayList<>();
        for (ControlWords.Word each : arguments.keywords()) {
            if (each.is("SERVER")) {
                servers.add(server(each.value().orElse(""))
                        .orElseThrow(() -> new ControlRefusal(
                                ControlReply.UNRECOGNIZED,
                                "Server \"" + each.value().orElse("") + "\" not found")));
            }
        }
        return servers;
    }

    /** A relay by its fingerprint, which may have {@code $} before it and a nickname behind it. */
    private Optional<Relay> server(String name) {
        try {
            Fingerprint fingerprint = Fingerprint.parse(name.replaceFirst("[~=].*", ""));
            return network.get().flatMap(view -> view.relay(fingerprint));
        } catch (TorException malformed) {
            return Optional.empty();
        }
    }
}
