package io.allium.onionservice;

import io.allium.cell.IntroductionLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How one service is to be run: the options that follow one {@code HiddenServiceDir}, or what a controller said. Immutable.
 *
 * @param folder where its keys are; nothing for one that a controller has added
 * @param ports at least one; several of one number share its clients by chance
 * @param introductionPoints how many to keep for each descriptor
 * @param allowUnknownPorts whether a client that asks for a port that is none of these keeps its circuit
 * @param maxStreams how many streams a client may have at once on one circuit; 0 for any number
 * @param maxStreamsCloseCircuit whether one more ends the circuit; else it is refused
 * @param groupReadable whether the user's group may read the folder and the address
 * @param exportCircuitId whether each connection to a server begins with a line that tells clients' circuits apart
 * @param introductionLimits how many introductions the introduction points should let through
 * @param onionBalance whether to serve clients of the addresses in {@code ob_config} too
 * @param singleHop whether to be a single onion service, which is faster and can be found
 * @param proofOfWork whether and how clients are asked for work when there are many
 * @param selfTest whether it visits itself as a client now and then, to know whether it can be reached
 */
public record ServiceOptions(
        Optional<Path> folder,
        List<ServicePort> ports,
        int introductionPoints,
        boolean allowUnknownPorts,
        int maxStreams,
        boolean maxStreamsCloseCircuit,
        boolean groupReadable,
        boolean exportCircuitId,
        Optional<IntroductionLimits> introductionLimits,
        boolean onionBalance,
        boolean singleHop,
        Optional<ProofOfWork> proofOfWork,
        boolean selfTest) {
    /** How many introduction points a service has unless it says otherwise, and the fewest that an option may ask for. */
    public static final int INTRODUCTION_POINTS_DEFAULT = 3;

    /** As many as fit into a descriptor of 50,000 bytes. */
    public static final int INTRODUCTION_POINTS_MAX = 20;

    /** As many streams as a circuit can tell apart. */
    public static final int STREAMS_MAX = 0xffff;

    /**
     * The queue that clients wait in, those in front that did most work.
     *
     * @param rate how many are served a second
     * @param burst how many are served at once after a quiet time
     */
    public record ProofOfWork(int rate, int burst) {
        /** C tor's default of HiddenServicePoWQueueRate. */
        public static final int RATE_DEFAULT = 250;

        /** C tor's default of HiddenServicePoWQueueBurst. */
        public static final int BURST_DEFAULT = 2500;
    }

    public ServiceOptions {
        ports = List.copyOf(ports);
    }

    /** A service of these ports with everything else as it is by default. */
    public static ServiceOptions of(Path folder, List<ServicePort> ports) {
        return new ServiceOptions(
                Optional.of(folder),
                ports,
                INTRODUCTION_POINTS_DEFAULT,
                false,
                0,
                false,
                false,
                false,
                Optional.empty(),
                false,
                false,
                Optional.empty(),
                true);
    }

    /** Where a virtual port leads: one or several servers, or none. */
    List<ServicePort> at(int virtual) {
        return ports.stream().filter(port -> port.virtual() == virtual).toList();
    }
}
