package io.allium.relay;

import io.allium.base.ProtocolViolation;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlPart;
import io.allium.netdoc.ExitPolicy;
import io.allium.netdoc.ExitPolicyConfiguration;
import io.allium.netdoc.ExitRule;
import io.allium.netdoc.PrivateNetworks;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Where streams may leave from us, as controllers see it. Immutable.
 *
 * @spec control-spec 3.9
 */
public final class ExitPolicyControl implements ControlPart {
    private final Supplier<Optional<Relay>> relay;

    /** @param relay nothing where we are none, and while the network is disabled */
    public ExitPolicyControl(Supplier<Optional<Relay>> relay) {
        this.relay = relay;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key(
                        "exit-policy/default",
                        "What decides where the operator's policy does not.",
                        ExitPolicyConfiguration.Ending.DEFAULT::rules)
                .key("exit-policy/full", "Our policy.", () -> policy(_ -> true))
                .key("exit-policy/ipv4", "Our policy for IPv4.", () -> policy(rule -> !rule.isIpv6()))
                .key("exit-policy/ipv6", "Our policy for IPv6.", () -> policy(ExitRule::isIpv6))
                .key(
                        "exit-policy/reject-private/default",
                        "What ExitPolicyRejectPrivate keeps everybody from.",
                        ExitPolicyControl::privateNetworks)
                .key(
                        "exit-policy/reject-private/relay",
                        "What it keeps our streams from.",
                        () -> lines(ExitRules.configuration(relay().options()).privateRules()));
    }

    private static String privateNetworks() {
        return PrivateNetworks.texts().stream()
                .map(network -> "reject " + network + ":*")
                .collect(Collectors.joining(","));
    }

    private Relay relay() throws ProtocolViolation {
        return relay.get().orElseThrow(() -> new ProtocolViolation("Not running in server mode"));
    }

    private String policy(Predicate<ExitRule> family) throws ProtocolViolation {
        ExitPolicy policy = relay().exitPolicy();
        return policy.rejectsAll()
                ? "reject *:*"
                : lines(policy.rules().stream().filter(family).toList());
    }

    private static String lines(List<ExitRule> rules) {
        return rules.stream().map(ExitRule::text).collect(Collectors.joining("\n"));
    }
}
