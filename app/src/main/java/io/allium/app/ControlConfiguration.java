package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.control.ControlAuthentication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the options say of the control port. Pure functions, but that a cookie is written to its file. */
final class ControlConfiguration {
    private ControlConfiguration() {}

    /** Where the ports are wanted. */
    static List<PortLine> lines(Options options) throws LocalFailure {
        List<PortLine> lines = new ArrayList<>(PortLine.read(options, "ControlPort", PortLine.Kind.CONTROL));
        for (String socket : options.lines("ControlSocket")) {
            PortLine.parse("unix:" + socket, PortLine.Kind.CONTROL).ifPresent(lines::add);
        }
        return lines;
    }

    /** How controllers have to prove that they may control us; a new cookie is written to its file. */
    static ControlAuthentication authentication(Options options, Path dataDirectory, Entropy entropy, Disk disk)
            throws LocalFailure {
        List<String> passwords = new ArrayList<>(options.lines("HashedControlPassword"));
        passwords.addAll(options.lines("__HashedControlSessionPassword"));
        if (!options.flag("CookieAuthentication")) {
            return ControlAuthentication.withPasswords(passwords, entropy);
        }
        Path file = options.file("CookieAuthFile").orElse(dataDirectory.resolve("control_auth_cookie"));
        return ControlAuthentication.withCookie(file, passwords, entropy, disk);
    }

    /**
     * The ports that may be opened. Where anybody who connects may do everything, only this machine may connect: a port
     * that others reach is left out, as in C tor.
     */
    static List<PortLine> safe(List<PortLine> lines, ControlAuthentication authentication, Log log) {
        if (!authentication.admitsAnybody() || lines.isEmpty()) {
            return lines;
        }
        List<PortLine> safe = lines.stream().filter(PortLine::isLocal).toList();
        log.warn(
                Domain.CONTROL,
                safe.size() == lines.size()
                        ? "ControlPort is open, but no authentication method has been configured: any program on your"
                                + " computer can reconfigure your Tor. Set CookieAuthentication or HashedControlPassword."
                        : "You have a ControlPort set to accept unauthenticated connections from a non-local address:"
                                + " anybody on the network could reconfigure your Tor. It stays closed. Set"
                                + " HashedControlPassword, or let the port listen on 127.0.0.1.");
        return safe;
    }
}
