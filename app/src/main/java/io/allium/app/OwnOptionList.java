package io.allium.app;

import static io.allium.app.Option.Effect.WORKS;
import static io.allium.app.Option.option;
import static io.allium.app.OptionType.DEPENDENT;

import java.util.List;

/** What C tor has no option for, and refuses a torrc for. {@code --list-torrc-options} leaves them out, {@code --help} has them. */
final class OwnOptionList {
    private OwnOptionList() {}

    static final List<Option> LIST = List.of(option(
                    "HiddenServiceSelfTest",
                    DEPENDENT,
                    null,
                    WORKS,
                    "Whether the onion service visits itself as a client now and then, to know whether it can be reached; 1.")
            .live());
}
