package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.base.Sensitive;
import io.allium.relay.Passphrases;
import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Passphrases that somebody types at a terminal, where they are not shown; without any terminal they are lines of standard
 * input. Confined to the program's thread.
 */
final class TypedPassphrases implements Passphrases {
    /** No passphrase is longer: C tor cuts them there. */
    static final int LENGTH_MAX = 255;

    /** Of a character in UTF-8. */
    private static final int BYTES_MAX = 3;

    private static final Path TERMINAL = Path.of("/dev/tty");

    private final InputStream in;
    private final PrintStream err;
    private final String again;

    /** @param again how a new passphrase is asked for the second time */
    TypedPassphrases(InputStream in, PrintStream err, String again) {
        this.in = in;
        this.err = err;
        this.again = again;
    }

    @Override
    @SuppressWarnings("SystemConsoleNull") // which of the two it is for want of a terminal depends on the JDK
    public Sensitive ask(String prompt) throws LocalFailure {
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            char @Nullable [] typed = console.readPassword("%s", prompt);
            if (typed == null) {
                throw ended();
            }
            return encoded(typed);
        }
        if (Files.isReadable(TERMINAL) && isThereATerminal()) {
            throw new LocalFailure("A passphrase can be typed only where standard input and output are a terminal;"
                    + " or give it by --passphrase-fd");
        }
        err.print(prompt);
        err.flush();
        return line();
    }

    @Override
    public Sensitive askForNew(String prompt) throws LocalFailure {
        String second = " ".repeat(Math.max(0, prompt.length() - again.length())) + again;
        while (true) { // until both are the same, or whoever types gives up
            Sensitive typed = ask(prompt);
            try (Sensitive repeated = ask(second)) {
                if (typed.equals(repeated)) {
                    return typed;
                }
            }
            typed.close();
            say("That didn't match.");
        }
    }

    @Override
    public boolean isInteractive() {
        return true;
    }

    @Override
    public void say(String text) {
        err.println(text);
    }

    @Override
    public void close() {} // nothing is kept

    private static Sensitive encoded(char[] typed) throws LocalFailure {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[BYTES_MAX * typed.length]);
        StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(CharBuffer.wrap(typed), bytes, true);
        Arrays.fill(typed, '\0');
        byte[] exact = Arrays.copyOf(bytes.array(), bytes.position());
        Arrays.fill(bytes.array(), (byte) 0);
        return bounded(exact);
    }

    /** A program in the background has the file of its terminal and cannot open it. */
    private static boolean isThereATerminal() {
        try (InputStream terminal = Files.newInputStream(TERMINAL)) {
            return terminal.available() >= 0;
        } catch (IOException none) {
            return false;
        }
    }

    private Sensitive line() throws LocalFailure {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            int next = in.read();
            if (next < 0) {
                throw ended();
            }
            while (next >= 0 && next != '\n' && line.size() <= LENGTH_MAX) {
                line.write(next);
                next = in.read();
            }
        } catch (IOException failed) {
            throw new LocalFailure("Cannot read a passphrase from standard input: " + failed.getMessage(), failed);
        }
        return bounded(line.toByteArray());
    }

    private static Sensitive bounded(byte[] passphrase) throws LocalFailure {
        if (passphrase.length > LENGTH_MAX) {
            throw new LocalFailure("A passphrase has at most " + LENGTH_MAX + " bytes");
        }
        return Sensitive.taking(passphrase);
    }

    private static LocalFailure ended() {
        return new LocalFailure("No passphrase was given: the input ended");
    }
}
