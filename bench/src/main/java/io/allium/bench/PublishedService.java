package io.allium.bench;

import io.allium.base.TorException;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.Subcredential;
import io.allium.crypto.TimePeriod;
import io.allium.directory.HttpMessage;
import io.allium.netdoc.OnionDescriptor;
import io.allium.netdoc.OnionDescriptorBody;
import io.allium.netdoc.OnionDescriptorLayers;
import io.allium.netdoc.OnionDescriptorLayers.Opened;
import io.allium.netdoc.ProofOfWorkParameters;
import io.allium.netdoc.RouterDescriptor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What anybody finds of an onion service who asks every relay.
 *
 * @param directories the nicknames of those that have it
 */
record PublishedService(Subcredential subcredential, OnionDescriptorBody body, List<String> directories) {
    /** Time periods of a network with TestingTorNetwork are of 24 voting intervals, and begin 12 of them late. */
    private static final Duration PERIOD = PrivateNetwork.VOTING_INTERVAL.multipliedBy(24);

    private static final Duration OFFSET = PrivateNetwork.VOTING_INTERVAL.multipliedBy(12);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    PublishedService {
        directories = List.copyOf(directories);
    }

    /** Asks for the descriptor of the time period that is now, and if nobody has it for those beside. */
    static PublishedService find(String host, List<RouterDescriptor> relays, OwnCircuits circuits, Instant now)
            throws IOException, InterruptedException {
        TimePeriod period = TimePeriod.containing(now, (int) PERIOD.toMinutes(), OFFSET);
        for (TimePeriod each : List.of(period, period.previous(), period.next())) {
            try {
                Optional<PublishedService> found = find(OnionAddress.parse(host), each, relays, circuits, now);
                if (found.isPresent()) {
                    return found.get();
                }
            } catch (TorException unreadable) {
                throw new IOException("the descriptor of " + host + ": " + unreadable.getMessage(), unreadable);
            }
        }
        throw new IOException("no relay has a descriptor of " + host);
    }

    /** The effort that clients are asked for, 0 where it is none. */
    long suggestedEffort() {
        return body.proofOfWork().map(ProofOfWorkParameters::suggestedEffort).orElse(0L);
    }

    private static Optional<PublishedService> find(
            OnionAddress service, TimePeriod period, List<RouterDescriptor> relays, OwnCircuits circuits, Instant now)
            throws TorException, InterruptedException {
        Ed25519Identity blinded = KeyBlinding.blind(service.identity(), period);
        Optional<OnionDescriptor> newest = Optional.empty();
        List<String> directories = new ArrayList<>();
        for (RouterDescriptor relay : relays) {
            Optional<byte[]> answer = ask(relay, blinded, circuits);
            if (answer.isPresent()) {
                OnionDescriptor document =
                        OnionDescriptor.parse(answer.get()).verify(OnionDescriptor.signedBy(blinded, now));
                directories.add(relay.details().nickname());
                newest = newest.filter(before -> !document.isNewerThan(before)).or(() -> Optional.of(document));
            }
        }
        if (newest.isEmpty()) {
            return Optional.empty();
        }
        Subcredential subcredential = Subcredential.of(service.identity(), blinded);
        return OnionDescriptorLayers.open(newest.get(), subcredential, Optional.empty(), now)
                        instanceof Opened.Whole whole
                ? Optional.of(new PublishedService(subcredential, whole.body(), directories))
                : Optional.empty();
    }

    /** Nothing where it has none, or does not run. */
    private static Optional<byte[]> ask(RouterDescriptor relay, Ed25519Identity blinded, OwnCircuits circuits)
            throws InterruptedException {
        HopTarget directory = OwnCircuits.hop(relay);
        try (OriginCircuit circuit = circuits.to(directory);
                OnionStream stream = circuit.connectDirectory(PATIENCE)) {
            stream.write(HttpMessage.Request.get("/tor/hs/3/" + blinded.base64())
                    .with("Host", directory.addresses().getFirst().toString())
                    .encode());
            HttpMessage.Response response = HttpMessage.readResponse(stream);
            return response.status() == 200
                    ? Optional.of(response.document(OnionDescriptor.LENGTH_LIMIT))
                    : Optional.empty();
        } catch (TorException | IOException none) {
            return Optional.empty();
        }
    }
}
