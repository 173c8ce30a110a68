package io.allium.onionservice;

import io.allium.control.MetricFamily;
import io.allium.control.MetricsPart;
import io.allium.onionservice.DroppedIntroductions.Why;
import io.allium.onionservice.ServiceFigures.Missed;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Our onion services, as those see them who watch: what C tor shows of its own, by the same names, and whether clients can come.
 * Immutable.
 */
public final class ServiceMetrics implements MetricsPart {
    /** The reasons that C tor tells, and what we call them. */
    private static final List<Map.Entry<String, Why>> REJECTED = List.of(
            Map.entry("bad_auth_key", Why.MISDIRECTED),
            Map.entry("invalid_introduce2", Why.UNREADABLE),
            Map.entry("subcredential", Why.OUTDATED),
            Map.entry("replay", Why.REPLAYED));

    private final Supplier<List<OnionService>> services;

    /** @param services none while the network is disabled */
    public ServiceMetrics(Supplier<List<OnionService>> services) {
        this.services = services;
    }

    @Override
    public List<MetricFamily> families() {
        List<OnionService> now = services.get();
        List<MetricFamily> all = new ArrayList<>();
        addIntroductions(now, all);
        addCarried(now, all);
        addRendezvous(now, all);
        addWork(now, all);
        all.addAll(reachability(now.stream().map(OnionService::status).toList()));
        return all;
    }

    private static void addIntroductions(List<OnionService> services, List<MetricFamily> all) {
        all.add(each(
                services,
                MetricFamily.counter("tor_hs_intro_num_total", "Total number of introduction received"),
                service -> service.figures().introductions()));
        all.add(each(
                services,
                MetricFamily.gauge(
                        "tor_hs_intro_established_count", "Total number of established introduction circuit"),
                service -> service.status().introductionPoints()));
        MetricFamily rejected = MetricFamily.counter(
                "tor_hs_intro_rejected_intro_req_count", "Total number of rejected introduction circuits");
        MetricFamily times = MetricFamily.histogram(
                "tor_hs_intro_circ_build_time", "The introduction circuit build time in milliseconds");
        for (OnionService service : services) {
            Map<Why, Long> dropped = service.status().dropped();
            REJECTED.forEach(reason -> rejected.with(
                    dropped.getOrDefault(reason.getValue(), 0L), "onion", label(service), "reason", reason.getKey()));
            times.with(service.figures().introductionCircuits(), "onion", label(service));
        }
        all.add(rejected);
        all.add(times);
    }

    private static void addCarried(List<OnionService> services, List<MetricFamily> all) {
        MetricFamily written = MetricFamily.counter(
                "tor_hs_app_write_bytes_total", "Total number of bytes written to the application");
        MetricFamily read =
                MetricFamily.counter("tor_hs_app_read_bytes_total", "Total number of bytes read from the application");
        for (OnionService service : services) {
            service.figures().ports().forEach((port, carried) -> {
                String[] labels = {"onion", label(service), "port", String.valueOf(port)};
                written.with(carried.written(), labels);
                read.with(carried.read(), labels);
            });
        }
        all.add(written);
        all.add(read);
    }

    private static void addRendezvous(List<OnionService> services, List<MetricFamily> all) {
        all.add(each(
                services,
                MetricFamily.gauge("tor_hs_rdv_established_count", "Total number of established rendezvous circuits"),
                OnionService::clientsServed));
        all.add(each(
                services,
                MetricFamily.counter("tor_hs_rdv_num_total", "Total number of rendezvous circuits created"),
                service -> service.figures().rendezvous()));
        MetricFamily failed =
                MetricFamily.counter("tor_hs_rdv_error_count", "Total number of rendezvous circuit errors");
        MetricFamily times = MetricFamily.histogram(
                "tor_hs_rend_circ_build_time", "The rendezvous circuit build time in milliseconds");
        for (OnionService service : services) {
            for (Missed why : Missed.values()) {
                failed.with(service.figures().count(why), "onion", label(service), "reason", lower(why));
            }
            times.with(service.figures().rendezvousCircuits(), "onion", label(service));
        }
        all.add(failed);
        all.add(times);
    }

    private static void addWork(List<OnionService> services, List<MetricFamily> all) {
        all.add(each(
                services,
                MetricFamily.gauge(
                        "tor_hs_rdv_pow_pqueue_count",
                        "Number of requests waiting in the proof of work priority queue"),
                service -> service.defense().map(ProofOfWorkDefense::waiting).orElse(0)));
        all.add(each(
                services,
                MetricFamily.gauge(
                        "tor_hs_pow_suggested_effort",
                        "Suggested effort for requests with a proof of work client puzzle"),
                service -> service.defense().map(ProofOfWorkDefense::suggested).orElse(0L)));
    }

    /** What C tor does not tell, because it does not know. */
    static List<MetricFamily> reachability(List<ServiceStatus> services) {
        MetricFamily ready = MetricFamily.gauge(
                "allium_hs_ready", "Whether clients can come, as a visit has shown if visits are made");
        MetricFamily failing = MetricFamily.gauge(
                "allium_hs_failing", "Whether the step takes longer or went wrong more often than it should");
        MetricFamily step = MetricFamily.gauge("allium_hs_step", "The step that is not done, or READY");
        MetricFamily since = MetricFamily.gauge(
                "allium_hs_step_since_timestamp", "When that became the step, in seconds since 1970");
        MetricFamily points =
                MetricFamily.gauge("allium_hs_introduction_points", "Introduction points that are there, and wanted");
        MetricFamily directories = MetricFamily.gauge(
                "allium_hs_directories",
                "Directories that clients ask, and those that have the descriptor as it is now");
        MetricFamily dropped = MetricFamily.counter(
                "allium_hs_introductions_dropped_total", "Introductions that were not followed, and why");
        for (ServiceStatus service : services) {
            String onion = service.service().label();
            ready.with(service.isReady() ? 1 : 0, "onion", onion);
            failing.with(service.isFailing() ? 1 : 0, "onion", onion);
            for (ServiceStatus.Step each : ServiceStatus.Step.values()) {
                step.with(each == service.step() ? 1 : 0, "onion", onion, "step", lower(each));
            }
            since.with(service.since().getEpochSecond(), "onion", onion);
            points.with(service.introductionPoints(), "onion", onion, "state", "established");
            points.with(service.introductionPointsWanted(), "onion", onion, "state", "wanted");
            directories.with(service.directories(), "onion", onion, "state", "stored");
            directories.with(service.directoriesAsked(), "onion", onion, "state", "asked");
            service.dropped().forEach((why, count) -> dropped.with(count, "onion", onion, "reason", lower(why)));
        }
        return List.of(ready, failing, step, since, points, directories, dropped);
    }

    private static MetricFamily each(
            List<OnionService> services, MetricFamily family, ToLongFunction<OnionService> figure) {
        services.forEach(service -> family.with(figure.applyAsLong(service), "onion", label(service)));
        return family;
    }

    private static String label(OnionService service) {
        return service.address().label();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
