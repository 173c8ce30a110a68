package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.web.Sizes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What stood behind {@code allium publish}, {@code share} or {@code receive}. Immutable.
 *
 * @param what the folder, the files, or where a server listens
 * @param name under which the address is kept; without one it is new and ends with the program
 * @param port that visitors ask for
 * @param clients how many have a key, without which nobody gets in; 0 to let everybody in
 * @param proofOfWork whether visitors may be asked to work when there are many
 * @param torrc of a client, for bridges and the like
 * @param network the folder of a private network
 * @param loadsFromElsewhere whether the pages of a site may load what is on other sites
 * @param downloads how many there may be of what is shared
 * @param sizeMax of what one visitor may leave at once, in bytes
 * @param qrCode whether to show one, if that was said
 */
record PublishLine(
        Command command,
        List<String> what,
        Optional<String> name,
        int port,
        int clients,
        boolean proofOfWork,
        Optional<Path> torrc,
        Optional<Path> network,
        boolean loadsFromElsewhere,
        int downloads,
        long sizeMax,
        Optional<Boolean> qrCode) {
    /** What is to be done. */
    enum Command {
        PUBLISH,
        SHARE,
        RECEIVE
    }

    static final String HELP = """
            usage: allium publish PORT | ADDRESS:PORT | unix:SOCKET | FOLDER
                       an onion address for a server that runs on this machine, or for a folder as a site
                         --port N           the port that visitors ask for: 80
                         --allow-elsewhere  let pages of the site load what is on other sites
                   allium share FILE...
                       an address to download files and folders from, which ends after the download
                         --downloads N      after so many: 1
                   allium receive [FOLDER]
                       an address with a page to leave files at, which are put into FOLDER: received
                         --max-size SIZE    of what comes at once: 1GB
                   all of them:
                         --name NAME        keep the address under this name, and use it again the next time
                         --clients N        let only N people in, each with a key that is shown
                         --pow              let visitors do some work first when there are too many
                         --torrc FILE       take further options from this torrc
                         --network DIR      publish in the private network of DIR (see 'allium network')
                         --qr, --no-qr      show the address as a QR code; by default, on terminals
            """;

    private static final int WEB = 80;
    private static final int PORT_MAX = 65_535;

    /** More have no room in a descriptor. */
    private static final int CLIENTS_MAX = 300;

    private static final int DOWNLOADS_MAX = 1_000_000;
    private static final long SIZE_DEFAULT = 1_000_000_000;
    private static final String RECEIVED = "received";

    /** The line; the message of what is wrong with it is for whoever typed it. */
    static PublishLine parse(List<String> arguments) throws LocalFailure {
        return new Reader(arguments).line();
    }

    /** Where the server listens, as a HiddenServicePort line says it; nothing where a folder is meant. */
    Optional<String> server() {
        String word = what.getFirst();
        if (word.matches("[0-9]{1,5}")) {
            return Optional.of("127.0.0.1:" + word);
        }
        return isServer(word) ? Optional.of(word) : Optional.empty();
    }

    private static boolean isServer(String word) {
        if (word.startsWith("unix:")) {
            return true;
        }
        try {
            return Endpoint.parse(word).port() > 0;
        } catch (IllegalArgumentException somethingElse) {
            return false;
        }
    }

    /** Takes one argument after another. Confined to {@link #parse}. */
    private static final class Reader {
        private final List<String> arguments;
        private final List<String> what = new ArrayList<>();
        private Optional<String> name = Optional.empty();
        private int port = WEB;
        private int clients;
        private boolean proofOfWork;
        private Optional<Path> torrc = Optional.empty();
        private Optional<Path> network = Optional.empty();
        private boolean loadsFromElsewhere;
        private int downloads = 1;
        private long sizeMax = SIZE_DEFAULT;
        private Optional<Boolean> qrCode = Optional.empty();
        private int at = 1;

        Reader(List<String> arguments) {
            this.arguments = arguments;
        }

        PublishLine line() throws LocalFailure {
            Command command = command();
            boolean onlyWords = false;
            while (at < arguments.size()) {
                String word = arguments.get(at++);
                if (word.equals("--") && !onlyWords) {
                    onlyWords = true;
                } else if (word.startsWith("-") && !onlyWords) {
                    take(command, word);
                } else {
                    what.add(word);
                }
            }
            if (torrc.isPresent() && network.isPresent()) {
                throw new LocalFailure("--torrc and --network exclude each other");
            }
            check(command);
            return new PublishLine(
                    command,
                    List.copyOf(what),
                    name,
                    port,
                    clients,
                    proofOfWork,
                    torrc,
                    network,
                    loadsFromElsewhere,
                    downloads,
                    sizeMax,
                    qrCode);
        }

        private Command command() throws LocalFailure {
            return switch (arguments.isEmpty() ? "" : arguments.getFirst()) {
                case "publish" -> Command.PUBLISH;
                case "share" -> Command.SHARE;
                case "receive" -> Command.RECEIVE;
                default -> throw new LocalFailure("it is either publish, share or receive");
            };
        }

        private void take(Command command, String word) throws LocalFailure {
            switch (word) {
                case "--name" -> name = Optional.of(name(value(word)));
                case "--clients" -> clients = number(word, CLIENTS_MAX);
                case "--pow" -> proofOfWork = true;
                case "--torrc" -> torrc = Optional.of(path(value(word)));
                case "--network" -> network = Optional.of(path(value(word)));
                case "--qr" -> qrCode = Optional.of(true);
                case "--no-qr" -> qrCode = Optional.of(false);
                case "--port" -> {
                    only(command, Command.PUBLISH, word);
                    port = number(word, PORT_MAX);
                }
                case "--allow-elsewhere" -> {
                    only(command, Command.PUBLISH, word);
                    loadsFromElsewhere = true;
                }
                case "--downloads" -> {
                    only(command, Command.SHARE, word);
                    downloads = number(word, DOWNLOADS_MAX);
                }
                case "--max-size" -> {
                    only(command, Command.RECEIVE, word);
                    sizeMax = size(value(word));
                }
                default -> throw new LocalFailure("there is no option '" + word + "'");
            }
        }

        private static void only(Command command, Command where, String word) throws LocalFailure {
            if (command != where) {
                throw new LocalFailure(word + " means nothing here");
            }
        }

        private void check(Command command) throws LocalFailure {
            switch (command) {
                case PUBLISH -> checkPublished();
                case SHARE -> {
                    if (what.isEmpty()) {
                        throw new LocalFailure("the files to share are missing");
                    }
                }
                case RECEIVE -> {
                    if (what.size() > 1) {
                        throw new LocalFailure("files can be put into one folder only");
                    }
                    if (what.isEmpty()) {
                        what.add(RECEIVED);
                    }
                }
            }
        }

        private void checkPublished() throws LocalFailure {
            if (what.size() != 1) {
                throw new LocalFailure("one port or one folder can be published at a time");
            }
            String word = what.getFirst();
            boolean isNumber = word.matches("[0-9]{1,5}");
            if (isNumber && (Integer.parseInt(word) == 0 || Integer.parseInt(word) > PORT_MAX)) {
                throw new LocalFailure(word + " is no port");
            }
            if (!isNumber && !isServer(word) && !Files.isDirectory(path(word))) {
                throw new LocalFailure("'" + word + "' is neither a port nor a folder");
            }
        }

        private static String name(String given) throws LocalFailure {
            if (!given.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")) {
                throw new LocalFailure(
                        "--name '" + given + "': a name has letters, digits and ._-, at most 64 of them");
            }
            return given;
        }

        private static long size(String given) throws LocalFailure {
            OptionalLong size = Sizes.parse(given);
            if (size.isEmpty() || size.getAsLong() == 0) {
                throw new LocalFailure("--max-size '" + given + "' is no size such as 500MB or 2GB");
            }
            return size.getAsLong();
        }

        private int number(String option, int most) throws LocalFailure {
            String given = value(option);
            int number = given.matches("[0-9]{1,7}") ? Integer.parseInt(given) : 0;
            if (number < 1 || number > most) {
                throw new LocalFailure(option + " takes a number from 1 to " + most + ", not '" + given + "'");
            }
            return number;
        }

        private String value(String option) throws LocalFailure {
            if (at == arguments.size()) {
                throw new LocalFailure(option + " needs a value");
            }
            return arguments.get(at++);
        }

        private static Path path(String text) throws LocalFailure {
            try {
                return Path.of(text);
            } catch (java.nio.file.InvalidPathException noPath) {
                throw new LocalFailure("'" + text + "' can be no file", noPath);
            }
        }
    }
}
