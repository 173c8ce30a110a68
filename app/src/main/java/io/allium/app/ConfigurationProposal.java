package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.control.ControlReply;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a controller wants the configuration to be, and the answer to it. Confined to one command. */
final class ConfigurationProposal implements Controlled.Proposal {
    /** How the command calls what is wrong; C tor's codes and words. */
    private enum Wording {
        SETCONF(ControlReply.BAD_SYNTAX, "Unacceptable option value: ", ""),
        LOADCONF(ControlReply.UNRECOGNIZED, "Invalid config file: ", "Failed to parse/validate config: ");

        private final int invalid;
        private final String whatIsInvalid;
        private final String detail;

        Wording(int invalid, String whatIsInvalid, String detail) {
            this.invalid = invalid;
            this.whatIsInvalid = whatIsInvalid;
            this.detail = detail;
        }
    }

    /** Makes the options that are wanted of those that hold. */
    private interface Wish {
        Options of(Options now) throws LocalFailure;
    }

    private final Wording wording;
    private final Wish wish;
    private final Consumer<String> warnings;
    private ControlReply reply = ControlReply.ok();
    private Options before = Options.DEFAULTS;
    private Options after = Options.DEFAULTS;

    private ConfigurationProposal(Wording wording, Wish wish, Consumer<String> warnings) {
        this.wording = wording;
        this.wish = wish;
        this.warnings = warnings;
    }

    /** SETCONF or RESETCONF: these lines over what holds. */
    static ConfigurationProposal lines(List<ConfigLine> lines, Consumer<String> warnings) {
        return new ConfigurationProposal(Wording.SETCONF, now -> now.with(lines, warnings), warnings);
    }

    /** LOADCONF: this text in the place of the torrc. */
    static ConfigurationProposal torrc(String text, ConfigurationSource source, Consumer<String> warnings) {
        return new ConfigurationProposal(Wording.LOADCONF, now -> source.parse(text), warnings);
    }

    @Override
    public Optional<Options> following(Options now) {
        Options next;
        try {
            next = wish.of(now);
        } catch (LocalFailure unreadable) {
            return invalid(unreadable);
        }
        try {
            OptionRules.checkChangeOfRefused(now, next);
        } catch (LocalFailure fixed) {
            return forbidden(fixed);
        }
        try {
            OptionRules.check(next, System.getProperty("user.name", ""), warnings);
        } catch (LocalFailure senseless) {
            return invalid(senseless);
        }
        try {
            OptionRules.checkChange(now, next);
        } catch (LocalFailure fixed) {
            return forbidden(fixed);
        }
        before = now;
        after = next;
        return Optional.of(next);
    }

    private Optional<Options> invalid(LocalFailure why) {
        reply = ControlReply.of(wording.invalid, wording.whatIsInvalid + wording.detail + why.getMessage());
        return Optional.empty();
    }

    private Optional<Options> forbidden(LocalFailure why) {
        reply = ControlReply.of(ControlReply.INVALID, "Transition not allowed: " + wording.detail + why.getMessage());
        return Optional.empty();
    }

    /** What the controller hears once it was decided, unless something cannot be had. */
    ControlReply reply() {
        return reply;
    }

    /** What held before, where the proposal was taken. */
    Options before() {
        return before;
    }

    /** What holds then. */
    Options after() {
        return after;
    }
}
