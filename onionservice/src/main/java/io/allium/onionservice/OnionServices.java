package io.allium.onionservice;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.crypto.Ed25519Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The onion services of one Tor, as its configuration has them. Used under the lock of its owner. */
public final class OnionServices implements AutoCloseable {
    private final Disk disk;
    private final Surroundings in;
    private final SelfVisits visits;
    private final List<OnionService> running = new ArrayList<>();

    public OnionServices(Disk disk, Surroundings in) {
        this.disk = disk;
        this.in = in;
        this.visits = new SelfVisits(in);
    }

    /**
     * Runs these services and no others: new ones begin, others end, those that are configured as before go on.
     *
     * @throws LocalFailure when the keys of one cannot be had
     */
    public void configure(List<ServiceOptions> wanted) throws LocalFailure {
        prepare(wanted).run();
    }

    /** Loads what these services need, and changes nothing yet: running what it returns does, and cannot fail. */
    public Runnable prepare(List<ServiceOptions> wanted) throws LocalFailure {
        List<OnionService> next = new ArrayList<>();
        for (ServiceOptions each : wanted) {
            Optional<OnionService> same = running.stream()
                    .filter(service -> service.options().equals(each))
                    .findFirst();
            next.add(same.isPresent() ? same.get() : load(each));
        }
        return () -> replace(next);
    }

    private void replace(List<OnionService> next) {
        List<OnionService> before = List.copyOf(running);
        running.clear();
        running.addAll(next);
        before.stream().filter(each -> !next.contains(each)).forEach(OnionService::close);
        next.stream().filter(each -> !before.contains(each)).forEach(OnionService::start);
        in.circuits().serving(!next.isEmpty());
    }

    private OnionService load(ServiceOptions options) throws LocalFailure {
        Log log = in.log();
        ServiceKeys keys = ServiceKeys.load(disk, options.folder(), options.groupReadable(), in.entropy(), log);
        List<Ed25519Identity> masters =
                options.onionBalance() ? OnionBalanceFile.load(disk, options.folder()) : List.of();
        OnionService service = new OnionService(
                options, keys, AuthorizedClients.load(disk, options.folder(), log), masters, visits, in);
        log.notice(
                Domain.REND,
                service + " is " + log.scrub(keys.address()) + "; its name stands in "
                        + options.folder().resolve(ServiceKeys.HOSTNAME) + ".");
        return service;
    }

    /** Reads again which clients are let in. */
    public void reload() {
        for (OnionService each : running) {
            try {
                each.admit(AuthorizedClients.load(disk, each.options().folder(), in.log()));
            } catch (LocalFailure unreadable) {
                in.log().warn(Domain.REND, each + ": " + unreadable.getMessage());
            }
        }
    }

    /** Those that run, in the order of the configuration. */
    public List<OnionService> running() {
        return List.copyOf(running);
    }

    @Override
    public void close() {
        running.forEach(OnionService::close);
        running.clear();
        in.circuits().serving(false);
    }
}
