package io.allium.relay;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Untrusted;
import java.nio.file.Path;
import java.util.Optional;

/** What is done with a key file that is damaged. Immutable. */
record KeyRepair(Disk disk, Log log) {
    interface Reading<T> {
        T read() throws LocalFailure;
    }

    /** Reads who we are, which nothing can replace. */
    <T> T identity(Reading<T> reading) throws LocalFailure {
        try {
            return reading.read();
        } catch (LocalFailure damaged) {
            throw isDamage(damaged)
                    ? new LocalFailure(
                            damaged.getMessage() + ": restore it from a backup; without it this becomes another relay",
                            damaged)
                    : damaged;
        }
    }

    /** Reads what can be made anew: a damaged file is set aside, as if it had been missing. */
    <T> Optional<T> replaceable(Path file, Reading<Optional<T>> reading) throws LocalFailure {
        try {
            return reading.read();
        } catch (LocalFailure damaged) {
            if (!isDamage(damaged)) {
                throw damaged;
            }
            Path aside = file.resolveSibling(file.getFileName() + ".broken");
            disk.move(file, aside);
            log.warn(
                    Log.Domain.OR,
                    damaged.getMessage() + ": it is set aside as " + aside.getFileName() + ", and a new one is made");
            return Optional.empty();
        }
    }

    private static boolean isDamage(LocalFailure failure) {
        return failure.getCause() instanceof Untrusted;
    }
}
