package io.allium.onionservice;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.TaskGroup;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Untrusted;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.OnionAddress;
import io.allium.directory.HttpMessage;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import io.allium.directory.Relay;
import io.allium.netdoc.OnionDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * What controllers want to know of descriptors, and have done with them: each directory that is asked or brought one has a task of
 * its own. Its fields are final or safe from any thread.
 *
 * @spec control-spec 3.26, 3.29
 */
final class DescriptorErrands {
    /** At once: each is a circuit of its own. OnionBalance asks for those of a hundred services one after the other. */
    static final int ERRANDS_MAX = 200;

    /** For one of them, with all directories that are asked one after the other: C tor's SocksTimeout. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Time time;
    private final Log log;
    private final TaskGroup group;
    private final KnownNetwork network;
    private final ServiceDescriptors descriptors;
    private final HsDirs publication;
    private final DescriptorEvents events;
    private final Semaphore room = new Semaphore(ERRANDS_MAX);

    /** @param publication the directories, as services see them */
    DescriptorErrands(
            Time time,
            Log log,
            TaskGroup group,
            KnownNetwork network,
            ServiceDescriptors descriptors,
            HsDirs publication,
            DescriptorEvents events) {
        this.time = time;
        this.log = log;
        this.group = group;
        this.network = network;
        this.descriptors = descriptors;
        this.publication = publication;
        this.events = events;
    }

    /** What a directory gave us last of a service, if it holds now. */
    Optional<byte[]> document(OnionAddress service) {
        return descriptors.document(service);
    }

    /** We have another key for a service; returns whether it opens a descriptor that we could not read. */
    boolean unlock(OnionAddress service) {
        return descriptors.unlock(service);
    }

    /** We have no key for a service any longer. */
    void forget(OnionAddress service) {
        descriptors.forget(service);
    }

    /** Fetches a descriptor, whatever we have, from one after the other of the directories that should have it. */
    void fetch(OnionAddress service) {
        fork("fetch", () -> descriptors.refetched(service, deadline()));
    }

    /** The same from each of these directories. */
    void fetchFrom(OnionAddress service, List<Relay> directories) {
        for (Relay each : directories) {
            fork("fetch", () -> descriptors.fetchFrom(each, service, deadline()));
        }
    }

    /** How long descriptors may be, by what is known of the network. */
    int lengthLimit() {
        return network.view()
                .map(view -> view.parameters())
                .orElse(Parameters.STANDARD)
                .get(Parameter.HSV3_MAX_DESCRIPTOR_SIZE);
    }

    /** Brings a descriptor of somebody else to these directories, or where there are none, to those that should have it. */
    void post(OnionAddress service, byte[] document, OnionDescriptor descriptor, List<Relay> directories) {
        Optional<HsDirRings> rings = network.rings();
        if (rings.isEmpty()) {
            log.info(Domain.REND, "A descriptor was not uploaded for a controller: the network is not known yet.");
            return;
        }
        HsDirRing ring = ringOf(service, descriptor, rings.get());
        UploadNews news = new UploadNews(service, descriptor.blindedKey(), ring, events);
        for (Relay each : directories.isEmpty() ? ring.toStore(descriptor.blindedKey()) : directories) {
            fork("post", () -> upload(each, service, document, news));
        }
    }

    /** The ring of the period that the descriptor is for; that of now for one of neither. */
    private static HsDirRing ringOf(OnionAddress service, OnionDescriptor descriptor, HsDirRings rings) {
        for (HsDirRing each : List.of(rings.older(), rings.newer())) {
            try {
                if (KeyBlinding.blind(service.identity(), each.period()).equals(descriptor.blindedKey())) {
                    return each;
                }
            } catch (Untrusted noKey) {
                return rings.current();
            }
        }
        return rings.current();
    }

    private void upload(Relay to, OnionAddress service, byte[] document, UploadNews news)
            throws TorException, InterruptedException {
        DescriptorEvents.Reason reason = DescriptorEvents.Reason.UNEXPECTED;
        boolean isTaken = false;
        try {
            HttpMessage.Request request = HttpMessage.Request.post("/tor/hs/3/publish", document)
                    .with("Host", to.addresses().getFirst().toString());
            int status = publication
                    .ask(service, to, request, DescriptorPublisher.PATIENCE)
                    .status();
            isTaken = status == DescriptorPublisher.TAKEN;
            reason = DescriptorPublisher.reason(status);
        } finally {
            if (isTaken) {
                news.taken(to);
            } else {
                news.refused(to, reason);
            }
        }
    }

    private interface Errand {
        void run() throws TorException, InterruptedException;
    }

    private void fork(String name, Errand errand) {
        if (!room.tryAcquire()) {
            log.warn(Domain.REND, "Controllers want more than " + ERRANDS_MAX + " descriptors at once: left one out.");
            return;
        }
        group.fork(name, () -> {
            try {
                errand.run();
            } catch (TorException failed) {
                log.info(Domain.REND, "A descriptor for a controller: " + failed.getMessage());
            } finally {
                room.release();
            }
        });
    }

    private long deadline() {
        return time.nanos() + PATIENCE.toNanos();
    }
}
