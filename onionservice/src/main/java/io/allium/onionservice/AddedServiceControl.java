package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Refused;
import io.allium.base.Untrusted;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlCommand;
import io.allium.control.ControlPart;
import io.allium.control.ControlRefusal;
import io.allium.control.ControlReply;
import io.allium.control.ControlSession;
import io.allium.control.ControlSyntax;
import io.allium.crypto.OnionAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The onion services that controllers add and take away, a method a command. Immutable.
 *
 * @spec control-spec 3.27, 3.28
 */
public final class AddedServiceControl implements ControlPart {
    private final AddedServices services;
    private final Runnable used;
    private final BooleanSupplier nonAnonymous;
    private final BooleanSupplier selfTest;
    private final Entropy entropy;

    /**
     * Enters nothing yet.
     *
     * @param used run when there is a service that needs the network
     * @param nonAnonymous whether services give up their anonymity: {@code HiddenServiceNonAnonymousMode}
     * @param selfTest whether services visit themselves
     */
    public AddedServiceControl(
            AddedServices services,
            Runnable used,
            BooleanSupplier nonAnonymous,
            BooleanSupplier selfTest,
            Entropy entropy) {
        this.services = services;
        this.used = used;
        this.nonAnonymous = nonAnonymous;
        this.selfTest = selfTest;
        this.entropy = entropy;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .sessionKey(
                        "onions/current",
                        "The onion services that this controller has added, and that end when it leaves.",
                        session -> lines(services.of(session)))
                .key(
                        "onions/detached",
                        "The onion services that controllers have added for good.",
                        () -> lines(services.detached()))
                .command("ADD_ONION", this::add)
                .command("DEL_ONION", this::delete);
    }

    private static String lines(List<OnionAddress> addresses) {
        return addresses.stream().map(OnionAddress::label).collect(Collectors.joining("\n"));
    }

    private ControlReply add(ControlCommand command, ControlSession session) throws ControlRefusal {
        AddOnion.Mode mode = new AddOnion.Mode(nonAnonymous.getAsBoolean(), selfTest.getAsBoolean());
        AddOnion.Request request = AddOnion.parse(command, mode, entropy);
        Optional<Object> owner = request.isDetached() ? Optional.empty() : Optional.of(session);
        try {
            if (!services.add(request.service(), owner)) {
                return ControlReply.of(ControlReply.DUPLICATE, "Onion address collision");
            }
        } catch (Refused tooMany) {
            return ControlReply.of(ControlReply.FAILED, "Failed to add Onion Service: " + tooMany.getMessage());
        }
        if (owner.isPresent()) {
            session.whenGone(new End(services, session));
        }
        used.run();
        ControlReply reply = ControlReply.of(
                ControlReply.OK, "ServiceID=" + request.service().address().label());
        request.newKey().ifPresent(key -> reply.line(ControlReply.OK, "PrivateKey=" + key));
        request.clients().forEach(client -> reply.line(ControlReply.OK, "ClientAuthV3=" + client));
        return reply.line(ControlReply.OK, "OK");
    }

    /** What is done when a controller leaves. */
    private record End(AddedServices services, ControlSession session) implements Runnable {
        @Override
        public void run() {
            services.removeAll(session);
        }
    }

    private ControlReply delete(ControlCommand command, ControlSession session) throws ControlRefusal {
        String name = ControlSyntax.words(1, 1).of(command).word(0);
        try {
            OnionAddress address = OnionAddress.parseLabel(name);
            boolean isOne = address.label().equals(name) && services.remove(address, session);
            return isOne ? ControlReply.ok() : ControlReply.of(ControlReply.UNRECOGNIZED, "Unknown Onion Service id");
        } catch (Untrusted malformed) {
            return ControlReply.of(ControlReply.BAD_ARGUMENT, "Malformed Onion Service id");
        }
    }
}
