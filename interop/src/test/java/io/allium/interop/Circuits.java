package io.allium.interop;

import io.allium.base.TorException;
import io.allium.control.CircuitLine;
import java.util.Set;
import java.util.TreeSet;

/** What a node says of its circuits on its control port. */
final class Circuits {
    private Circuits() {}

    /** The relays that its circuits of this purpose end at, by name. */
    static Set<String> ends(MixedNetwork.Node node, String purpose) throws TorException, InterruptedException {
        Set<String> names = new TreeSet<>();
        try (NodeController controller = NodeController.of(node)) {
            for (CircuitLine circuit : controller.tor().circuits()) {
                if (circuit.status() == CircuitLine.Status.BUILT
                        && circuit.purpose().equals(purpose)) {
                    circuit.end().flatMap(CircuitLine.Hop::nickname).ifPresent(names::add);
                }
            }
        }
        return names;
    }
}
