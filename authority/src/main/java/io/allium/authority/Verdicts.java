package io.allium.authority;

import io.allium.authority.ApprovedRouters.Verdict;
import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.netdoc.RouterFlag;
import java.nio.file.Path;
import java.util.Map;

/** What the operator says of single relays, as it is now: the file may change while we run. Safe from any thread. */
public final class Verdicts {
    private static final String FILE = "approved-routers";

    private final Disk disk;
    private final Path file;
    private final Log log;
    private volatile ApprovedRouters routers;

    /** @throws LocalFailure when the file is there and cannot be read */
    public Verdicts(Disk disk, Path dataDirectory, Log log) throws LocalFailure {
        this.disk = disk;
        this.file = dataDirectory.resolve(FILE);
        this.log = log;
        this.routers = ApprovedRouters.load(disk, file, log);
    }

    /** @throws LocalFailure when the file cannot be read: what it said before stays */
    public void reload() throws LocalFailure {
        routers = ApprovedRouters.load(disk, file, log);
    }

    /** The relays of which the file says this. */
    public RelaySet with(Verdict verdict) {
        return relay -> routers.says(verdict, relay);
    }

    /** The flags that the file takes from relays, each with those relays. */
    public Map<RouterFlag, RelaySet> stripped() {
        return Map.of(
                RouterFlag.GUARD, with(Verdict.STRIP_GUARD),
                RouterFlag.HS_DIR, with(Verdict.STRIP_HS_DIR),
                RouterFlag.V2_DIR, with(Verdict.STRIP_V2_DIR));
    }
}
