package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.OnionAddress;
import io.allium.directory.HttpMessage;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import io.allium.directory.Relay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks for a service's descriptor at the directories that should have it, one after the other in an order by chance. Safe from
 * any task.
 *
 * @spec rend-spec-v3 2.2.3, 2.2.6
 */
final class DescriptorFetch {
    /** For one directory, from the circuit to the answer; there are others. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final KnownNetwork network;
    private final HsDirs directories;
    private final HsDirRequests requests;

    DescriptorFetch(Time time, Entropy entropy, Log log, KnownNetwork network, HsDirs directories) {
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.network = network;
        this.directories = directories;
        this.requests = new HsDirRequests(time, network.isTesting());
    }

    /**
     * Fetches it.
     *
     * @param key ours for this service, if it has let us in
     * @param deadline by {@link Time#nanos}
     * @throws Refused when no directory has it, none has a good one, or there was no time to ask them all
     */
    KnownDescriptor fetch(OnionAddress service, Optional<Curve25519KeyPair> key, long deadline)
            throws Refused, InterruptedException {
        HsDirRing ring = network.awaitRings(deadline).current();
        Ed25519Identity blinded = blinded(service, ring);
        boolean malformed = false;
        for (Relay each : candidates(ring, blinded)) {
            Duration left = Duration.ofNanos(deadline - time.nanos());
            if (!left.isPositive()) {
                throw new Refused(Refused.Kind.TIMEOUT, "the service's descriptor could not be had in time");
            }
            requests.asked(each.fingerprint(), blinded);
            try {
                byte[] document = ask(service, each, blinded, left.compareTo(PATIENCE) < 0 ? left : PATIENCE);
                return KnownDescriptor.read(document, service, ring.period(), blinded, key, lengthLimit(), time.now());
            } catch (Untrusted | ProtocolViolation bad) {
                malformed = true;
                log.info(Domain.REND, told(service, each) + "is malformed: " + bad.getMessage());
            } catch (TorException none) {
                log.info(Domain.REND, told(service, each) + "was not to be had: " + none.getMessage());
            }
        }
        requests.forget(blinded); // whoever asks again means it
        throw malformed
                ? new Refused(Refused.Kind.ONION_DESCRIPTOR_INVALID, "the service's descriptor is malformed or forged")
                : new Refused(
                        Refused.Kind.ONION_NOT_FOUND,
                        "no directory has a descriptor of the service: it is down, or its name is mistyped");
    }

    /** The service was reached: should its descriptor be wanted again, all directories may be asked. */
    void succeeded(KnownDescriptor known) {
        requests.forget(known.document().blindedKey());
    }

    void forgetAll() {
        requests.forgetAll();
    }

    private List<Relay> candidates(HsDirRing ring, Ed25519Identity blinded) {
        List<Relay> candidates = new ArrayList<>();
        for (Relay each : ring.toFetch(blinded)) {
            if (requests.mayAsk(each.fingerprint(), blinded)) {
                candidates.add(each);
            }
        }
        entropy.shuffle(candidates);
        return candidates;
    }

    private static Ed25519Identity blinded(OnionAddress service, HsDirRing ring) throws Refused {
        try {
            return KeyBlinding.blind(service.identity(), ring.period());
        } catch (Untrusted noKey) {
            throw new Refused(Refused.Kind.ONION_ADDRESS_INVALID, noKey.getMessage());
        }
    }

    private byte[] ask(OnionAddress service, Relay directory, Ed25519Identity blinded, Duration patience)
            throws TorException, InterruptedException {
        HttpMessage.Request request = HttpMessage.Request.get("/tor/hs/3/" + blinded.base64())
                .with("Host", directory.addresses().getFirst().toString());
        HttpMessage.Response response = directories.ask(service, directory, request, patience);
        return switch (response.status()) {
            case 200 -> response.document(lengthLimit());
            case 404 -> throw new Refused(Refused.Kind.ONION_NOT_FOUND, "it has none");
            default -> throw new Refused(Refused.Kind.GENERAL, "it answered " + response.status());
        };
    }

    private int lengthLimit() {
        return network.view()
                .map(view -> view.parameters())
                .orElse(Parameters.STANDARD)
                .get(Parameter.HSV3_MAX_DESCRIPTOR_SIZE);
    }

    private String told(OnionAddress service, Relay directory) {
        return "The descriptor of " + log.scrub(service) + " at " + directory + " ";
    }
}
