package io.allium.relay;

import io.allium.control.ControlCatalogue;
import io.allium.control.ControlPart;
import io.allium.control.ControlTime;
import java.time.Instant;

/**
 * The limit of what a relay carries in a month, as controllers see it: there is none, which C tor tells in the same words.
 * Immutable.
 *
 * @spec control-spec 3.9
 */
public final class AccountingControl implements ControlPart {
    private static final String NO_BYTES = "0 0";
    private static final String NO_TIME = ControlTime.seconds(Instant.EPOCH);

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key("accounting/enabled", "Whether there is a limit.", () -> "0")
                .key("accounting/hibernating", "Whether we rest, as it is used up.", () -> "awake")
                .key("accounting/bytes", "Bytes read and written in this interval.", () -> NO_BYTES)
                .key("accounting/bytes-left", "Bytes left to read and write.", () -> NO_BYTES)
                .key("accounting/interval-start", "When the interval began.", () -> NO_TIME)
                .key("accounting/interval-wake", "When we begin to carry in it.", () -> NO_TIME)
                .key("accounting/interval-end", "When it ends.", () -> NO_TIME);
    }
}
