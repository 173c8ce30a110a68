package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.cell.IntroductionLimits;
import io.allium.onionservice.ServiceOptions;
import io.allium.onionservice.ServicePort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the options say of our onion services: each {@code HiddenServiceDir} begins one, and the options until the next are
 * about it. Confined to the call.
 */
final class OnionServiceConfiguration {
    private static final String DIR = "HiddenServiceDir";
    private static final String PORT = "HiddenServicePort";

    /** C tor's defaults and bounds of HiddenServiceEnableIntroDoSDefense. */
    private static final int RATE_DEFAULT = 25;

    private static final int BURST_DEFAULT = 200;

    private final Options.Setting dir;
    private final Map<String, Options.Setting> settings = new LinkedHashMap<>();
    private final List<Options.Setting> ports = new ArrayList<>();
    private final boolean singleHop;
    private final boolean fetches;

    private OnionServiceConfiguration(Options.Setting dir, boolean singleHop, boolean fetches) {
        this.dir = dir;
        this.singleHop = singleHop;
        this.fetches = fetches;
    }

    /** The services that are configured, in their order. */
    static List<ServiceOptions> of(Options options) throws LocalFailure {
        boolean singleHop = options.flag("HiddenServiceSingleHopMode");
        if (singleHop != options.flag("HiddenServiceNonAnonymousMode")) {
            throw new LocalFailure(
                    singleHop
                            ? "HiddenServiceSingleHopMode does not provide any server anonymity. It must be used with"
                                    + " HiddenServiceNonAnonymousMode set to 1."
                            : "HiddenServiceNonAnonymousMode does not provide any server anonymity. It must be used"
                                    + " with HiddenServiceSingleHopMode set to 1.");
        }
        List<ServiceOptions> services = new ArrayList<>();
        Set<Path> folders = new LinkedHashSet<>();
        for (OnionServiceConfiguration each : sections(options, singleHop)) {
            ServiceOptions service = each.service();
            if (!folders.add(each.folder().toAbsolutePath().normalize())) {
                throw new LocalFailure(each.dir.origin() + "Another hidden service is already configured for"
                        + " directory " + each.folder());
            }
            services.add(service);
        }
        if (singleHop && !services.isEmpty() && opensSocks(options)) {
            throw new LocalFailure("HiddenServiceNonAnonymousMode is incompatible with using Tor as an anonymous"
                    + " client. Please set SocksPort to 0, or revert HiddenServiceNonAnonymousMode to 0.");
        }
        return services;
    }

    private static boolean opensSocks(Options options) {
        List<String> lines = options.lines("SocksPort");
        return lines.isEmpty() || lines.stream().anyMatch(line -> !line.strip().equals("0"));
    }

    private static List<OnionServiceConfiguration> sections(Options options, boolean singleHop) throws LocalFailure {
        List<OnionServiceConfiguration> sections = new ArrayList<>();
        for (Options.Setting setting : options.settings(OptionTable.find(DIR).orElseThrow())) {
            if (setting.option().name().equals(DIR)) {
                sections.add(
                        new OnionServiceConfiguration(setting, singleHop, options.flag("FetchHidServDescriptors")));
            } else if (sections.isEmpty()) {
                throw new LocalFailure(
                        setting.origin() + setting.option().name() + " with no preceding " + DIR + " directive");
            } else {
                sections.getLast().take(setting);
            }
        }
        return sections;
    }

    private void take(Options.Setting setting) {
        if (setting.option().name().equals(PORT)) {
            ports.add(setting);
        } else {
            settings.put(setting.option().name(), setting);
        }
    }

    private ServiceOptions service() throws LocalFailure {
        checkVersion();
        List<ServicePort> targets = new ArrayList<>();
        for (Options.Setting port : ports) {
            try {
                targets.add(port(port.value()));
            } catch (LocalFailure malformed) {
                throw malformed.in(port.origin() + PORT);
            }
        }
        if (targets.isEmpty()) {
            throw new LocalFailure(dir.origin() + "Hidden service (" + dir.value() + ") with no ports configured.");
        }
        return new ServiceOptions(
                Optional.of(folder()),
                targets,
                number(
                        "HiddenServiceNumIntroductionPoints",
                        ServiceOptions.INTRODUCTION_POINTS_DEFAULT,
                        ServiceOptions.INTRODUCTION_POINTS_DEFAULT,
                        ServiceOptions.INTRODUCTION_POINTS_MAX),
                flag("HiddenServiceAllowUnknownPorts"),
                number("HiddenServiceMaxStreams", 0, 0, ServiceOptions.STREAMS_MAX),
                flag("HiddenServiceMaxStreamsCloseCircuit"),
                flag("HiddenServiceDirGroupReadable"),
                exportsCircuitId(),
                introductionLimits(),
                flag("HiddenServiceOnionBalanceInstance"),
                singleHop,
                proofOfWork(),
                number("HiddenServiceSelfTest", 1, 0, 1) == 1 && fetches);
    }

    private Path folder() throws LocalFailure {
        try {
            return ConfiguredPath.expanded(dir.value());
        } catch (LocalFailure impossible) {
            throw impossible.in(dir.origin() + DIR);
        }
    }

    private void checkVersion() throws LocalFailure {
        Options.Setting version = settings.get("HiddenServiceVersion");
        if (version == null || version.value().strip().equals("3")) {
            return;
        }
        throw new LocalFailure(version.origin()
                + (version.value().strip().equals("2")
                        ? "Onion services version 2 are obsolete. Please make a new service of version 3."
                        : "HiddenServiceVersion must be 3, not " + version.value() + "."));
    }

    private boolean exportsCircuitId() throws LocalFailure {
        Options.Setting setting = settings.get("HiddenServiceExportCircuitID");
        String protocol = setting == null ? "none" : setting.value().toLowerCase(Locale.ROOT);
        return switch (protocol) {
            case "haproxy" -> true;
            case "none" -> false;
            default ->
                throw new LocalFailure(where(setting) + "HiddenServiceExportCircuitID must be 'haproxy' or 'none'.");
        };
    }

    private Optional<IntroductionLimits> introductionLimits() throws LocalFailure {
        boolean enabled = flag("HiddenServiceEnableIntroDoSDefense");
        int rate = number("HiddenServiceEnableIntroDoSRatePerSec", RATE_DEFAULT, 0, Integer.MAX_VALUE);
        int burst = number("HiddenServiceEnableIntroDoSBurstPerSec", BURST_DEFAULT, 0, Integer.MAX_VALUE);
        if (enabled && burst < rate) {
            throw new LocalFailure(dir.origin() + "Hidden service DoS defenses burst (" + burst
                    + ") can not be smaller than the rate value (" + rate + ").");
        }
        return enabled ? Optional.of(new IntroductionLimits(rate, burst)) : Optional.empty();
    }

    private Optional<ServiceOptions.ProofOfWork> proofOfWork() throws LocalFailure {
        boolean enabled = flag("HiddenServicePoWDefensesEnabled");
        int rate = number("HiddenServicePoWQueueRate", ServiceOptions.ProofOfWork.RATE_DEFAULT, 0, Integer.MAX_VALUE);
        int burst =
                number("HiddenServicePoWQueueBurst", ServiceOptions.ProofOfWork.BURST_DEFAULT, 0, Integer.MAX_VALUE);
        if (enabled && burst < rate) {
            throw new LocalFailure(dir.origin() + "Hidden service PoW queue burst (" + burst
                    + ") can not be smaller than the rate value (" + rate + ").");
        }
        return enabled ? Optional.of(new ServiceOptions.ProofOfWork(rate, burst)) : Optional.empty();
    }

    private boolean flag(String name) throws LocalFailure {
        return number(name, 0, 0, 1) == 1;
    }

    private int number(String name, int standard, int least, int most) throws LocalFailure {
        Options.Setting setting = settings.get(name);
        if (setting == null) {
            return standard;
        }
        String text = setting.value().strip();
        long value = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
        if (value < least || value > most) {
            throw new LocalFailure(
                    setting.origin() + name + " must be between " + least + " and " + most + ", not " + text + ".");
        }
        return (int) value;
    }

    private static String where(Options.@Nullable Setting setting) {
        return setting == null ? "" : setting.origin();
    }

    /** Reads {@code VIRTPORT [TARGET]}: a port, an address, both, or {@code unix:} and a path, which may be quoted. */
    static ServicePort port(String line) throws LocalFailure {
        String[] words = line.strip().split("\\s+", 2);
        return ServicePort.parse(words[0], words.length == 2 ? words[1].strip() : "");
    }
}
