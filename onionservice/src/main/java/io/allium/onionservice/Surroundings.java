package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.client.OnionCircuits;
import io.allium.crypto.HashXRuntime;
import io.allium.directory.Relay;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * What a service of ours lives from.
 *
 * @param sockets where its servers are
 * @param network what is believed of the network of relays
 * @param mayUse whether the configuration lets us use a relay
 * @param circuitPatience how long building a circuit may take
 * @param publishes whether descriptors are uploaded; else somebody else does that
 * @param revisions those of the descriptors that were published so far
 * @param puzzles how those of services that ask for work are solved, when they visit themselves
 * @param events hears how they fare
 * @param descriptors hears where their descriptors go
 */
public record Surroundings(
        Time time,
        Entropy entropy,
        Network sockets,
        Tasks tasks,
        Log log,
        KnownNetwork network,
        OnionCircuits circuits,
        Predicate<Relay> mayUse,
        Duration circuitPatience,
        boolean publishes,
        Revisions revisions,
        HashXRuntime puzzles,
        ServiceEvents events,
        DescriptorEvents descriptors) {}
