package io.allium.onionservice;

import io.allium.base.Log;
import io.allium.control.CString;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlText;
import io.allium.control.ControlTime;
import io.allium.control.StatusEvents;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * How our onion services fare and where descriptors go and come from, as controllers see it. Immutable.
 *
 * @spec control-spec 3.9, 4.1.10, 4.1.25, 4.1.26
 */
public final class ServiceControl implements ControlPart, ServiceEvents, DescriptorEvents {
    private final Supplier<List<OnionService>> services;
    private final ControlEvents events;

    /** @param services none while the network is disabled */
    public ServiceControl(Supplier<List<OnionService>> services, ControlEvents events) {
        this.services = services;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue.key(
                "onions/status",
                "Whether our onion services can be reached, and which step is in the way.",
                () -> services.get().stream()
                        .map(service -> text(service.status()))
                        .collect(Collectors.joining("\n")));
    }

    /** With actions of our own, which control-spec lets a controller pass over that does not know them. */
    @Override
    public void told(ServiceStatus service) {
        events.status(
                StatusEvents.Scope.SERVER,
                service.isReady() || !service.isFailing() ? Log.Severity.NOTICE : Log.Severity.WARN,
                (service.isReady() ? "ONION_SERVICE_READY " : "ONION_SERVICE_UNREACHABLE ") + text(service));
    }

    @Override
    public void told(DescriptorEvents.Event event) {
        if (events.wanted(ControlEvent.HS_DESC)) {
            events.tell(ControlEvent.HS_DESC, DescriptorText.line(event));
        }
        if (!events.wanted(ControlEvent.HS_DESC_CONTENT)) {
            return;
        }
        if (event instanceof DescriptorEvents.Received received) {
            String document = ControlText.of(received.document());
            events.document(ControlEvent.HS_DESC_CONTENT, DescriptorText.heading(received), document);
        } else if (event instanceof DescriptorEvents.NotReceived failed) {
            events.document(ControlEvent.HS_DESC_CONTENT, DescriptorText.heading(failed), "");
        }
    }

    /**
     * How an onion service of ours fares: the step that is not done or READY, what is there of what is wanted, and introductions
     * that were dropped.
     */
    static String text(ServiceStatus service) {
        StringBuilder text = new StringBuilder("SERVICE=")
                .append(service.service().label())
                .append(" STEP=")
                .append(service.step())
                .append(" SINCE=")
                .append(ControlTime.precise(service.since()))
                .append(" INTRODUCTION_POINTS=")
                .append(service.introductionPoints())
                .append('/')
                .append(service.introductionPointsWanted())
                .append(" DIRECTORIES=")
                .append(service.directories())
                .append('/')
                .append(service.directoriesAsked());
        service.dropped()
                .forEach((why, count) ->
                        text.append(" DROPPED_").append(why).append('=').append(count));
        return text.append(" REASON=").append(CString.quote(service.words())).toString();
    }
}
