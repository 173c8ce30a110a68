package io.allium.authority;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.Vote;
import io.allium.netdoc.VoteBody;
import io.allium.netdoc.VoteWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes our vote, and consensuses of everybody's. Its keys may be replaced by others of the same identity. */
final class Voter {
    private final Disk disk;
    private final Log log;
    private volatile AuthorityKeys keys;
    private final CensusTaker censusTaker;
    private final VoteBuilder builder;
    private final SharedRandom sharedRandom;
    private final Microdescriptors microdescriptors;
    private final MicrodescriptorMemory memory = new MicrodescriptorMemory();
    private final Published published;
    private final Optional<Path> bandwidthFile;
    private final Optional<Path> guardFractionFile;
    private final int authorities;

    /**
     * @param bandwidthFile {@code V3BandwidthsFile}
     * @param guardFractionFile {@code GuardfractionFile}
     * @param authorities how many vote, ourselves among them
     */
    Voter(
            Disk disk,
            Log log,
            AuthorityKeys keys,
            CensusTaker censusTaker,
            VoteBuilder builder,
            SharedRandom sharedRandom,
            Microdescriptors microdescriptors,
            Published published,
            Optional<Path> bandwidthFile,
            Optional<Path> guardFractionFile,
            int authorities) {
        this.disk = disk;
        this.log = log;
        this.keys = keys;
        this.censusTaker = censusTaker;
        this.builder = builder;
        this.sharedRandom = sharedRandom;
        this.microdescriptors = microdescriptors;
        this.published = published;
        this.bandwidthFile = bandwidthFile;
        this.guardFractionFile = guardFractionFile;
        this.authorities = authorities;
    }

    /** From now on these sign. */
    void take(AuthorityKeys next) {
        keys = next;
    }

    /** Our vote, signed; the microdescriptors that it names are served from now on. None with keys that have expired. */
    Optional<byte[]> vote(VotingSchedule schedule, Instant now) {
        AuthorityKeys held = keys;
        if (held.expired(now)) {
            log.warn(Log.Domain.NET, "Can't generate v3 vote with expired certificate");
            return Optional.empty();
        }
        Optional<BandwidthFile> bandwidths = readBandwidths(now);
        Census census = censusTaker.take(bandwidths, now);
        memory.begin();
        microdescriptors.name(
                census.relays().stream()
                        .map(relay -> memory.of(relay.descriptor()))
                        .toList(),
                now);
        SharedRandom.Said said = sharedRandom.say(schedule.validAfter(), schedule.interval());
        VoteBuilder.Draft draft = builder.draft(census, schedule.validAfter(), said, guardFractions(now), memory::of);
        return Optional.of(
                VoteWriter.write(new VoteBody(draft.header(), held.certificate(), draft.entries()), held.signing()));
    }

    /** Whether these votes are enough for a consensus that is any use. */
    boolean isEnough(List<Vote> votes) {
        if (votes.size() <= authorities / 2) {
            log.warn(
                    Log.Domain.DIR,
                    "We don't have enough votes to generate a consensus: " + votes.size() + " of "
                            + (authorities / 2 + 1));
            return false;
        }
        boolean running =
                votes.stream().anyMatch(vote -> vote.header().knownFlags().contains(RouterFlag.RUNNING.text()));
        if (!running) {
            log.warn(
                    Log.Domain.DIR,
                    "Nobody has voted on the Running flag. Generating and publishing a consensus without Running nodes"
                            + " would make many clients stop working. Not generating a consensus!");
        }
        return running;
    }

    /** The consensus of these votes in each flavour, signed by us. Heavy computation. */
    List<Draft> consensuses(List<Vote> votes) {
        return ConsensusMaker.make(votes, authorities).stream()
                .map(body -> Draft.of(body, keys))
                .toList();
    }

    /** For how long guards have been guards; a file that is not there or makes no sense is reported, and nothing is said. */
    private Map<Fingerprint, Integer> guardFractions(Instant now) {
        if (guardFractionFile.isEmpty()) {
            return Map.of();
        }
        Path file = guardFractionFile.get();
        try {
            byte[] content = disk.read(file)
                    .orElseThrow(() -> new LocalFailure("Cannot open guardfraction file '" + file + "'. Failing."));
            return GuardFractionFile.read(content, now, problem -> log.warn(Log.Domain.CONFIG, problem));
        } catch (LocalFailure unreadable) {
            log.warn(Log.Domain.FS, unreadable.getMessage());
            return Map.of();
        }
    }

    /** What a scanner has measured by now, which we serve from now on. */
    Optional<BandwidthFile> readBandwidths(Instant now) {
        Optional<BandwidthFile> file = bandwidths(now);
        published.nextBandwidths(file);
        return file;
    }

    /** A file that is not there or makes no sense is reported, and nothing is measured. */
    private Optional<BandwidthFile> bandwidths(Instant now) {
        try {
            Optional<byte[]> content = bandwidthFile.isPresent() ? disk.read(bandwidthFile.get()) : Optional.empty();
            if (bandwidthFile.isPresent() && content.isEmpty()) {
                log.warn(Log.Domain.CONFIG, "Can't open bandwidth file at configured location: " + bandwidthFile.get());
            }
            return content.map(
                    bytes -> BandwidthFile.read(bytes, now, problem -> log.warn(Log.Domain.DIRSERV, problem)));
        } catch (LocalFailure unreadable) {
            log.warn(Log.Domain.CONFIG, unreadable.in("V3BandwidthsFile").getMessage());
            return Optional.empty();
        }
    }
}
