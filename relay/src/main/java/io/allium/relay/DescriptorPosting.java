package io.allium.relay;

import io.allium.base.Time;
import io.allium.base.Untrusted;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlCommand;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlRefusal;
import io.allium.control.ControlReply;
import io.allium.control.ControlSyntax;
import io.allium.control.ControlText;
import io.allium.control.ControlWords;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.RouterDescriptor;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * How controllers bring server descriptors. Safe from any thread.
 *
 * @spec control-spec 3.14, 4.1.6
 */
final class DescriptorPosting implements ControlPart {
    private static final int ALREADY_KNOWN = 251;
    private static final int OBSOLETE = 511;
    private static final int INVALID_DESCRIPTOR = 554;

    private static final ControlSyntax SYNTAX = ControlSyntax.words(0, 0).withKeywords(Set.of("PURPOSE", "CACHE"));

    private final Supplier<Optional<CachedDirectory>> directory;
    private final BroughtDescriptors brought;
    private final Time time;
    private final ControlEvents events;

    DescriptorPosting(
            Supplier<Optional<CachedDirectory>> directory,
            BroughtDescriptors brought,
            Time time,
            ControlEvents events) {
        this.directory = directory;
        this.brought = brought;
        this.time = time;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .command("POSTDESCRIPTOR", (command, session) -> take(command))
                .command(
                        "SETROUTERPURPOSE",
                        (command, session) -> ControlReply.of(OBSOLETE, "SETROUTERPURPOSE is obsolete."));
    }

    /** {@code +POSTDESCRIPTOR [purpose=general|controller|bridge] [cache=yes|no]} and a server descriptor. */
    private ControlReply take(ControlCommand command) throws ControlRefusal {
        BroughtDescriptors.Purpose purpose = BroughtDescriptors.Purpose.GENERAL;
        if (command.data().isEmpty()) {
            return ControlReply.of(ControlReply.BAD_ARGUMENT, "Bad arguments to " + command.written() + ": Empty body");
        }
        for (ControlWords.Word word : SYNTAX.of(command).keywords()) {
            String value = word.text();
            switch (word.key().toUpperCase(Locale.ROOT)) {
                case "PURPOSE" -> {
                    Optional<BroughtDescriptors.Purpose> named = BroughtDescriptors.Purpose.named(value);
                    if (named.isEmpty()) {
                        return ControlReply.of(ControlReply.UNRECOGNIZED, "Unknown purpose \"" + value + "\"");
                    }
                    purpose = named.get();
                }
                case "CACHE" -> {
                    if (!value.equalsIgnoreCase("yes") && !value.equalsIgnoreCase("no")) {
                        return ControlReply.of(ControlReply.UNRECOGNIZED, "Unknown cache request \"" + value + "\"");
                    }
                }
                default -> throw new IllegalStateException(word.key()); // which the syntax does not let through
            }
        }
        return take(ControlText.bytes(command.data().strip() + "\n"), purpose);
    }

    private ControlReply take(byte[] document, BroughtDescriptors.Purpose purpose) {
        RouterDescriptor descriptor;
        try {
            if (document.length > BroughtDescriptors.LENGTH_MAX) {
                throw new Untrusted("server descriptor: longer than any");
            }
            descriptor = RouterDescriptor.parse(document).verify(RouterDescriptor.signedAt(time.now()));
        } catch (Untrusted unreadable) {
            return ControlReply.of(INVALID_DESCRIPTOR, "Couldn't parse router descriptor.");
        }
        Fingerprint relay = descriptor.fingerprint();
        if (directory.get().map(now -> now.ourselves().equals(relay)).orElse(false)) {
            return ControlReply.of(INVALID_DESCRIPTOR, "Router's identity key matches mine.");
        }
        if (directory.get().flatMap(now -> now.serverDescriptor(relay)).isPresent()
                || !brought.add(new BroughtDescriptors.Brought(descriptor, purpose))) {
            return ControlReply.of(ALREADY_KNOWN, "Router descriptor was not new.");
        }
        if (events.wanted(ControlEvent.NEWDESC)) {
            events.tell(ControlEvent.NEWDESC, relay + "~" + descriptor.nickname());
        }
        return ControlReply.ok();
    }
}
