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
import io.allium.onionservice.DescriptorEvents.Reason;
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
    private final DescriptorEvents events;

    /** Keeps a descriptor that was fetched, before anybody is told of it; returns the one that counts. */
    interface Keeper {
        KnownDescriptor keep(KnownDescriptor got);
    }

    /** One descriptor that is looked for. */
    private record Wanted(
            OnionAddress service,
            Ed25519Identity blinded,
            HsDirRing ring,
            Optional<Curve25519KeyPair> key,
            Keeper keeper) {}

    DescriptorFetch(
            Time time, Entropy entropy, Log log, KnownNetwork network, HsDirs directories, DescriptorEvents events) {
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.network = network;
        this.directories = directories;
        this.requests = new HsDirRequests(time, network.isTesting());
        this.events = events;
    }

    /**
     * Fetches it.
     *
     * @param key ours for this service, if it has let us in
     * @param deadline by {@link Time#nanos}
     * @return the one that counts
     * @throws Refused when no directory has it, none has a good one, or there was no time to ask them all
     */
    KnownDescriptor fetch(OnionAddress service, Optional<Curve25519KeyPair> key, long deadline, Keeper keeper)
            throws Refused, InterruptedException {
        Wanted wanted = wanted(service, key, deadline, keeper);
        List<Relay> candidates = candidates(wanted);
        boolean malformed = false;
        for (Relay each : candidates) {
            Duration left = Duration.ofNanos(deadline - time.nanos());
            if (!left.isPositive()) {
                throw new Refused(Refused.Kind.TIMEOUT, "the service's descriptor could not be had in time");
            }
            requests.asked(each.fingerprint(), wanted.blinded);
            try {
                return from(each, wanted, left.compareTo(PATIENCE) < 0 ? left : PATIENCE);
            } catch (Untrusted | ProtocolViolation bad) {
                malformed = true;
                log.info(Domain.REND, told(service, each) + "is malformed: " + bad.getMessage());
            } catch (TorException none) {
                log.info(Domain.REND, told(service, each) + "was not to be had: " + none.getMessage());
            }
        }
        requests.forget(wanted.blinded); // whoever asks again means it
        throw malformed
                ? new Refused(Refused.Kind.ONION_DESCRIPTOR_INVALID, "the service's descriptor is malformed or forged")
                : new Refused(
                        Refused.Kind.ONION_NOT_FOUND,
                        "no directory has a descriptor of the service: it is down, or its name is mistyped");
    }

    /** Fetches it from this directory, whether or not that should have it. */
    KnownDescriptor fetchFrom(
            Relay directory, OnionAddress service, Optional<Curve25519KeyPair> key, long deadline, Keeper keeper)
            throws TorException, InterruptedException {
        return from(directory, wanted(service, key, deadline, keeper), PATIENCE);
    }

    /** The service was reached: should its descriptor be wanted again, all directories may be asked. */
    void succeeded(KnownDescriptor known) {
        requests.forget(known.document().blindedKey());
    }

    void forgetAll() {
        requests.forgetAll();
    }

    private List<Relay> candidates(Wanted wanted) {
        List<Relay> all = wanted.ring.toFetch(wanted.blinded);
        List<Relay> candidates = new ArrayList<>();
        for (Relay each : all) {
            if (requests.mayAsk(each.fingerprint(), wanted.blinded)) {
                candidates.add(each);
            }
        }
        if (candidates.isEmpty()) {
            tellFailed(wanted, Optional.empty(), all.isEmpty() ? Reason.QUERY_NO_HSDIR : Reason.QUERY_RATE_LIMITED);
        }
        entropy.shuffle(candidates);
        return candidates;
    }

    private Wanted wanted(OnionAddress service, Optional<Curve25519KeyPair> key, long deadline, Keeper keeper)
            throws Refused, InterruptedException {
        HsDirRing ring = network.awaitRings(deadline).current();
        try {
            return new Wanted(service, KeyBlinding.blind(service.identity(), ring.period()), ring, key, keeper);
        } catch (Untrusted noKey) {
            throw new Refused(Refused.Kind.ONION_ADDRESS_INVALID, noKey.getMessage());
        }
    }

    /** Asks one directory, and tells what came of it. */
    private KnownDescriptor from(Relay directory, Wanted wanted, Duration patience)
            throws TorException, InterruptedException {
        events.told(new DescriptorEvents.Requested(
                wanted.service, wanted.blinded, directory, wanted.ring.index(directory)));
        Reason reason = Reason.UNEXPECTED;
        try {
            HttpMessage.Response response = ask(directory, wanted, patience);
            reason = reason(response.status());
            byte[] document = document(response);
            KnownDescriptor kept = wanted.keeper.keep(KnownDescriptor.read(
                    document,
                    wanted.service,
                    wanted.ring.period(),
                    wanted.blinded,
                    wanted.key,
                    lengthLimit(),
                    time.now()));
            events.told(new DescriptorEvents.Received(wanted.service, wanted.blinded, directory, document));
            return kept;
        } catch (TorException failed) {
            tellFailed(wanted, Optional.of(directory), reason);
            throw failed;
        }
    }

    private HttpMessage.Response ask(Relay directory, Wanted wanted, Duration patience)
            throws TorException, InterruptedException {
        HttpMessage.Request request = HttpMessage.Request.get("/tor/hs/3/" + wanted.blinded.base64())
                .with("Host", directory.addresses().getFirst().toString());
        return directories.ask(wanted.service, directory, request, patience);
    }

    private byte[] document(HttpMessage.Response response) throws TorException {
        return switch (response.status()) {
            case 200 -> response.document(lengthLimit());
            case 404 -> throw new Refused(Refused.Kind.ONION_NOT_FOUND, "it has none");
            default -> throw new Refused(Refused.Kind.GENERAL, "it answered " + response.status());
        };
    }

    /** Why there is no descriptor where a directory answered so. */
    private static Reason reason(int status) {
        return switch (status) {
            case 200 -> Reason.BAD_DESC;
            case 400 -> Reason.QUERY_REJECTED;
            case 404 -> Reason.NOT_FOUND;
            default -> Reason.UNEXPECTED;
        };
    }

    private void tellFailed(Wanted wanted, Optional<Relay> directory, Reason reason) {
        events.told(new DescriptorEvents.NotReceived(wanted.service, wanted.blinded, directory, reason));
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
