package io.allium.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Several streams, each on a circuit of its own. Confined to the thread that opened them. */
record OpenStreams(List<LoadStream> all) implements AutoCloseable {
    /** So many are asked for at once: C tor has at most 32 circuits under construction (MaxClientCircuitsPending). */
    private static final int AT_ONCE = 16;

    OpenStreams {
        all = List.copyOf(all);
    }

    static OpenStreams open(PrivateNetwork network, LoadServer server, String isolation, int count)
            throws IOException, InterruptedException {
        List<LoadStream> opened = Collections.synchronizedList(new ArrayList<>());
        try {
            for (int from = 0; from < count; from += AT_ONCE) {
                List<Load.Work> opening = new ArrayList<>();
                for (int i = from; i < Math.min(count, from + AT_ONCE); i++) {
                    String own = isolation + "-" + i;
                    opening.add(() -> {
                        opened.add(LoadStream.through(network, server, own));
                        return 0;
                    });
                }
                Load.atOnce(opening);
            }
            return new OpenStreams(opened);
        } catch (IOException | InterruptedException failed) {
            new OpenStreams(opened).close();
            throw failed;
        }
    }

    @Override
    public void close() throws IOException {
        for (LoadStream stream : all) {
            stream.close();
        }
    }
}
