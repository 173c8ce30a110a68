package io.allium.directory;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlPart;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Which country an address is in, as controllers ask it. Immutable.
 *
 * @spec control-spec 3.9
 */
public final class CountryControl implements ControlPart {
    private final CountryFiles files;

    public CountryControl(CountryFiles files) {
        this.files = files;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue.prefix("ip-to-country/", "Which country the address is in.", what -> Optional.of(answer(what)));
    }

    private String answer(String what) throws LocalFailure {
        return switch (what) {
            case "ipv4-available" -> files.hasIpv4() ? "1" : "0";
            case "ipv6-available" -> files.hasIpv6() ? "1" : "0";
            default -> country(what);
        };
    }

    private String country(String text) throws LocalFailure {
        InetAddress address;
        try {
            address = Endpoint.parseAddress(text);
        } catch (IllegalArgumentException notOne) {
            throw new LocalFailure("Invalid address family", notOne);
        }
        return files.country(address).orElseThrow(() -> new LocalFailure("GeoIP data not loaded"));
    }
}
