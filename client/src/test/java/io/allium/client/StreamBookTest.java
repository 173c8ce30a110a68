package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Unreachable;
import io.allium.cell.RelayMessage;
import io.allium.circuit.FlowSignal;
import io.allium.testing.ManualTime;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StreamBookTest {
    private static final Destination MADE_UP = new Destination("made-up.example", 80);
    private static final Destination REAL = new Destination("192.0.2.1", 80);
    private static final Tunnels.Origin ORIGIN = Tunnels.Origin.UNKNOWN.naming(MADE_UP);

    private final List<String> told = new ArrayList<>();
    private Consumer<StreamEvents.Status> controller = status -> {};
    private final StreamBook streams = new StreamBook(new ManualTime(), status -> {
        told.add(status.state() + " " + status.circuit() + " " + status.target() + " " + status.reason());
        controller.accept(status);
    });

    @Test
    void aControllerMayPlaceAndRedirectAStreamAsSoonAsItHearsOfIt() {
        List<Boolean> detached = new ArrayList<>();
        controller = status -> {
            if (status.state() == StreamEvents.State.NEW) {
                TrackedStream stream = streams.at(status.id()).orElseThrow();
                detached.add(streams.detach(stream));
                stream.redirect(new Destination("elsewhere.example", 81));
                stream.place(new TrackedStream.Placement.Anywhere());
            }
        };

        TrackedStream stream = streams.open(false, false, REAL, ORIGIN, 0, true);

        assertThat(detached).containsExactly(true);
        assertThat(stream.target()).hasToString("elsewhere.example:81");
        assertThat(stream.isUnplaced()).isFalse();
    }

    @Test
    void aStreamIsToldFromItsNameToItsEnd() {
        TrackedStream stream = streams.open(false, false, REAL, ORIGIN, 0, true);
        streams.sent(stream, 7);
        streams.detached(stream, new Unreachable("no answer"));
        streams.awaitsController(stream);
        assertThat(streams.existing())
                .singleElement()
                .satisfies(status -> assertThat(CircuitText.streamNow(status)).isEqualTo("1 NEW 0 192.0.2.1:80"));
        stream.close(3);
        streams.failed(stream, new Unreachable("closed"));
        streams.closed(stream, "DONE");

        assertThat(told)
                .containsExactly(
                        "NEW 0 made-up.example:80 ",
                        "REMAP 0 192.0.2.1:80 CACHE",
                        "CONTROLLER_WAIT 0 192.0.2.1:80 ",
                        "SENTCONNECT 7 192.0.2.1:80 ",
                        "DETACHED 7 192.0.2.1:80 TIMEOUT",
                        "CONTROLLER_WAIT 7 192.0.2.1:80 ",
                        "FAILED 0 192.0.2.1:80 CONNECTREFUSED",
                        "CLOSED 0 192.0.2.1:80 CONNECTREFUSED");
        assertThat(streams.existing()).isEmpty();
    }

    @Test
    void thatAStreamIsToStopOrGoOnIsToldWhileThereIsOne() {
        TrackedStream stream = streams.open(false, false, MADE_UP, ORIGIN, 0, false);
        streams.moved(stream, StreamEvents.State.SUCCEEDED, 7);
        told.clear();
        for (FlowSignal signal : FlowSignal.values()) {
            streams.tell(stream, signal);
        }
        assertThat(streams.existing())
                .singleElement()
                .satisfies(status ->
                        assertThat(CircuitText.streamNow(status)).isEqualTo("1 SUCCEEDED 7 made-up.example:80"));
        streams.closed(stream, "DONE");
        streams.tell(stream, FlowSignal.XON_SENT);

        assertThat(told)
                .containsExactly(
                        "XOFF_SENT 7 made-up.example:80 ",
                        "XON_SENT 7 made-up.example:80 ",
                        "XOFF_RECV 7 made-up.example:80 ",
                        "XON_RECV 7 made-up.example:80 ",
                        "CLOSED 7 made-up.example:80 DONE");
    }

    @Test
    void whatALookupFoundIsTold() throws Exception {
        TrackedStream lookup = streams.open(true, false, MADE_UP, Tunnels.Origin.UNKNOWN, 0, false);
        streams.sent(lookup, 7);
        streams.resolved(
                lookup,
                new RelayMessage.Resolved(List.of(
                        new RelayMessage.Resolved.Address(InetAddress.getByName("2001:db8::1"), 60),
                        new RelayMessage.Resolved.Address(InetAddress.getByName("192.0.2.1"), 60))));
        streams.closed(lookup, "DONE");

        assertThat(told)
                .containsExactly(
                        "NEWRESOLVE 0 made-up.example:80 ",
                        "SENTRESOLVE 7 made-up.example:80 ",
                        "REMAP 7 192.0.2.1:80 EXIT",
                        "CLOSED 7 192.0.2.1:80 DONE");
    }

    @Test
    void ofALookupNobodyHearsThatItFailed() {
        TrackedStream lookup = streams.open(true, false, REAL, Tunnels.Origin.UNKNOWN, 0, false);
        streams.sent(lookup, 7);
        streams.failed(lookup, new Unreachable("no answer"));

        assertThat(told)
                .containsExactly(
                        "NEWRESOLVE 0 192.0.2.1:80 ", "SENTRESOLVE 7 192.0.2.1:80 ", "CLOSED 7 192.0.2.1:80 TIMEOUT");
    }
}
