package io.allium.directory;

import io.allium.base.Disk;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.TorException;
import io.allium.base.Untrusted;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The files that say which country an address is in, {@code GeoIPFile} and {@code GeoIPv6File}. Read when first asked, and
 * again where others are configured. Guarded by {@code lock}.
 */
public final class CountryFiles {
    /** What stands for a country that nobody knows. */
    public static final String UNKNOWN = "??";

    private interface Reader {
        Countries read(byte[] file) throws Untrusted;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final File ipv4;
    private final File ipv6;
    private final Disk disk;
    private final Log log;

    /** Each path may be nothing, and may change. */
    public CountryFiles(Disk disk, Supplier<Optional<Path>> ipv4, Supplier<Optional<Path>> ipv6, Log log) {
        this.disk = disk;
        this.ipv4 = new File(ipv4, Countries::ofIpv4);
        this.ipv6 = new File(ipv6, Countries::ofIpv6);
        this.log = log;
    }

    /** Whether there is a file for IPv4. */
    public boolean hasIpv4() {
        return ipv4.read().isPresent();
    }

    /** Whether there is one for IPv6. */
    public boolean hasIpv6() {
        return ipv6.read().isPresent();
    }

    /** The country's code in small letters, {@value #UNKNOWN} where the file does not know; nothing where there is no file. */
    public Optional<String> country(InetAddress address) {
        Optional<Countries> table = address instanceof Inet6Address ? ipv6.read() : ipv4.read();
        return table.map(countries -> countries.of(address).orElse(UNKNOWN));
    }

    /** One of the two. */
    private final class File {
        private final Supplier<Optional<Path>> path;
        private final Reader reader;
        private @Nullable Path known;
        private Optional<Countries> content = Optional.empty();

        File(Supplier<Optional<Path>> path, Reader reader) {
            this.path = path;
            this.reader = reader;
        }

        Optional<Countries> read() {
            Path wanted = path.get().orElse(null);
            lock.lock();
            try {
                if (wanted == null) {
                    return Optional.empty();
                }
                if (!wanted.equals(known)) {
                    known = wanted;
                    content = load(wanted);
                }
                return content;
            } finally {
                lock.unlock();
            }
        }

        private Optional<Countries> load(Path wanted) {
            try {
                Optional<byte[]> bytes = disk.read(wanted);
                if (bytes.isEmpty()) {
                    log.info(Domain.GENERAL, "There is no GEOIP file " + wanted + ".");
                    return Optional.empty();
                }
                return Optional.of(reader.read(bytes.get()));
            } catch (TorException unusable) {
                log.warn(Domain.GENERAL, "GEOIP file " + wanted + " cannot be used: " + unusable.getMessage());
                return Optional.empty();
            }
        }
    }
}
