package io.allium.client;

import io.allium.base.Endpoint;
import io.allium.cell.RelayMessage.Resolved;
import java.util.List;

/** What there is in an exit's answer to a lookup. Pure. */
final class LookupAnswers {
    private LookupAnswers() {}

    /**
     * The answer without private addresses, which an exit cannot rightly give: it is mistaken, or wants us to talk to our
     * own network. Where nothing else is left, the lookup has failed for now.
     */
    static Resolved external(Resolved resolved) {
        List<Resolved.Answer> external = resolved.answers().stream()
                .filter(answer ->
                        !(answer instanceof Resolved.Address address && Endpoint.isInternal(address.address())))
                .toList();
        boolean nothingElse = external.isEmpty() && !resolved.answers().isEmpty();
        return new Resolved(nothingElse ? List.of(new Resolved.Failure(true, 0)) : external);
    }

    /** Whether there is anything but errors in it. */
    static boolean isFound(Resolved resolved) {
        return resolved.answers().stream().anyMatch(answer -> !(answer instanceof Resolved.Failure));
    }
}
