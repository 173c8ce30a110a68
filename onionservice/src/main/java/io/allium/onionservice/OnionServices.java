package io.allium.onionservice;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.OnionAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The onion services of one Tor: those that its configuration has, and those that controllers have added. Used under the lock of its
 * owner, but for {@link #running} and what it does for the latter.
 */
public final class OnionServices implements AutoCloseable {
    private final Disk disk;
    private final Surroundings in;
    private final SelfVisits visits;
    private final AddedServices added;
    private volatile List<OnionService> configured = List.of();

    /** @param added those of controllers, which outlive this */
    public OnionServices(Disk disk, Surroundings in, AddedServices added) {
        this.disk = disk;
        this.in = in;
        this.visits = new SelfVisits(in);
        this.added = added;
    }

    /**
     * Begins with these services, and those that were added.
     *
     * @throws LocalFailure when the keys of one cannot be had
     */
    public void start(List<ServiceOptions> wanted) throws LocalFailure {
        prepare(wanted).run();
        added.begin(new Here());
    }

    /**
     * Runs these services of the configuration and no others: new ones begin, others end, those that are configured as before go on.
     * Loads what they need, and changes nothing yet: running what it returns does, and cannot fail.
     */
    public Runnable prepare(List<ServiceOptions> wanted) throws LocalFailure {
        List<OnionService> next = new ArrayList<>();
        for (ServiceOptions each : wanted) {
            Optional<OnionService> same = configured.stream()
                    .filter(service -> service.options().equals(each))
                    .findFirst();
            next.add(same.isPresent() ? same.get() : load(each));
        }
        return () -> replace(next);
    }

    private void replace(List<OnionService> next) {
        List<OnionService> before = configured;
        configured = List.copyOf(next);
        before.stream().filter(each -> !next.contains(each)).forEach(OnionService::close);
        next.stream().filter(each -> !before.contains(each)).forEach(OnionService::start);
        added.tellHost();
    }

    private OnionService load(ServiceOptions options) throws LocalFailure {
        Log log = in.log();
        Path folder = folder(options);
        ServiceKeys keys = ServiceKeys.load(disk, folder, options.groupReadable(), in.entropy(), log);
        List<Ed25519Identity> masters = options.onionBalance() ? OnionBalanceFile.load(disk, folder) : List.of();
        OnionService service =
                new OnionService(options, keys, AuthorizedClients.load(disk, folder, log), masters, visits, in);
        log.notice(
                Domain.REND,
                service + " is " + log.scrub(keys.address()) + "; its name stands in "
                        + folder.resolve(ServiceKeys.HOSTNAME) + ".");
        return service;
    }

    private static Path folder(ServiceOptions configured) {
        return configured.folder().orElseThrow();
    }

    /** Reads again which clients are let in. */
    public void reload() {
        for (OnionService each : configured) {
            try {
                each.admit(AuthorizedClients.load(disk, folder(each.options()), in.log()));
            } catch (LocalFailure unreadable) {
                in.log().warn(Domain.REND, each + ": " + unreadable.getMessage());
            }
        }
    }

    /** Those that run: those of the configuration in its order, and behind them those that were added. */
    public List<OnionService> running() {
        List<OnionService> all = new ArrayList<>(configured);
        all.addAll(added.running());
        return List.copyOf(all);
    }

    @Override
    public void close() {
        added.end();
        configured.forEach(OnionService::close);
        configured = List.of();
        in.circuits().serving(false);
    }

    /** Where services that were added run. Called under their lock. */
    private final class Here implements AddedServices.Host {
        @Override
        public OnionService make(AddedService service) {
            return new OnionService(service.options(), service.keys(), service.clients(), List.of(), visits, in);
        }

        @Override
        public boolean has(OnionAddress address) {
            return configured.stream().anyMatch(each -> each.address().equals(address));
        }

        @Override
        public void changed() {
            in.circuits().serving(!configured.isEmpty() || !added.isEmpty());
        }
    }
}
