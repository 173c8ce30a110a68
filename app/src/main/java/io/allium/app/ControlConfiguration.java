package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.control.CString;
import io.allium.control.ControlAuthentication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the options say of the control port. Pure functions, but that a cookie is written to its file. */
final class ControlConfiguration {
    /** All that concerns control ports; {@code ControlPort} stands for {@code __ControlPort} too. */
    static final List<String> OPTIONS = List.of(
            "ControlPort",
            "ControlPortFileGroupReadable",
            "ControlPortWriteToFile",
            "ControlSocket",
            "ControlSocketsGroupWritable",
            "CookieAuthentication",
            "CookieAuthFile",
            "CookieAuthFileGroupReadable",
            "HashedControlPassword",
            "__HashedControlSessionPassword");

    private ControlConfiguration() {}

    /** Where a new cookie comes from and goes. */
    record Cookies(Entropy entropy, Disk disk) {}

    /** Where the ports are wanted. */
    static List<PortLine> lines(Options options) throws LocalFailure {
        List<PortLine> lines = new ArrayList<>(PortLine.read(options, "ControlPort", PortLine.Kind.CONTROL));
        String flags = options.flag("ControlSocketsGroupWritable") ? " " + PortLine.Flag.GROUP_WRITABLE : "";
        for (Options.Setting socket :
                options.settings(OptionTable.find("ControlSocket").orElseThrow())) {
            try {
                PortLine.parse(asPort(socket.value().strip()) + flags, PortLine.Kind.CONTROL)
                        .ifPresent(lines::add);
            } catch (LocalFailure bad) {
                throw bad.in(socket.origin() + socket.option().name());
            }
        }
        return lines;
    }

    /** A ControlSocket is a path where a ControlPort has {@code unix:}, with the same flags behind it. */
    private static String asPort(String socket) {
        if (socket.equals("0") || socket.startsWith("unix:")) {
            return socket;
        }
        String[] words = socket.split("\\s+");
        boolean flagged = Arrays.stream(words).skip(1).allMatch(PortLine.Flag::isOfSocket);
        return flagged
                ? "unix:" + CString.quote(words[0]) + socket.substring(words[0].length())
                : "unix:" + CString.quote(socket); // which has blanks in it
    }

    /**
     * How controllers have to prove that they may control us. A new cookie is written to its file; one that is there
     * already stays as long as its file does.
     *
     * @param before how they had to until now
     */
    static ControlAuthentication authentication(
            Options options, Path dataDirectory, Optional<ControlAuthentication> before, Cookies cookies)
            throws LocalFailure {
        List<String> passwords = new ArrayList<>(options.lines("HashedControlPassword"));
        passwords.addAll(options.lines("__HashedControlSessionPassword"));
        if (!options.flag("CookieAuthentication")) {
            return ControlAuthentication.withPasswords(passwords, cookies.entropy());
        }
        Path file = options.file("CookieAuthFile")
                .orElse(dataDirectory.resolve("control_auth_cookie"))
                .toAbsolutePath();
        boolean isThere = before.flatMap(ControlAuthentication::cookieFile)
                .filter(former -> cookies.disk().isSame(former, file))
                .isPresent();
        ControlAuthentication authentication = isThere
                ? before.get().withOtherPasswords(file, passwords)
                : ControlAuthentication.withCookie(file, passwords, cookies.entropy(), cookies.disk());
        if (options.flag("CookieAuthFileGroupReadable")) {
            cookies.disk().openToGroup(file);
        }
        return authentication;
    }

    /**
     * The ports that may be opened. Where anybody who connects may do everything, only this machine may connect: a port
     * that others reach is left out, as in C tor.
     */
    static List<PortLine> safe(List<PortLine> lines, ControlAuthentication authentication, Log log) {
        boolean othersReach =
                lines.stream().anyMatch(line -> line.unix() == null || line.has(PortLine.Flag.WORLD_WRITABLE));
        if (!authentication.admitsAnybody() || !othersReach) {
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
