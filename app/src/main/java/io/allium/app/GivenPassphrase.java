package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.base.Sensitive;
import io.allium.relay.Passphrases;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The one passphrase that a script gives, by a file descriptor or by saying that there is none. Confined to its user. */
final class GivenPassphrase implements Passphrases {
    private final byte[] passphrase;
    private final PrintStream err;

    private GivenPassphrase(byte[] passphrase, PrintStream err) {
        this.passphrase = passphrase;
        this.err = err;
    }

    /** {@code --no-passphrase}: nothing is locked, and what is locked cannot be opened. */
    static GivenPassphrase none(PrintStream err) {
        return new GivenPassphrase(new byte[0], err);
    }

    /** All that the descriptor has to say, up to its end. */
    static GivenPassphrase all(int descriptor, InputStream standardInput, PrintStream err) throws LocalFailure {
        byte[] read = read(descriptor, standardInput, TypedPassphrases.LENGTH_MAX);
        if (read.length == 0) {
            throw new LocalFailure("The file descriptor " + descriptor + " of --passphrase-fd holds no passphrase");
        }
        return new GivenPassphrase(read, err);
    }

    /** What the descriptor has to say up to a newline or NUL, which may be nothing. */
    static GivenPassphrase firstLine(int descriptor, InputStream standardInput, int lengthMax, PrintStream err)
            throws LocalFailure {
        byte[] read = read(descriptor, standardInput, lengthMax);
        int length = 0;
        while (length < read.length && read[length] != '\n' && read[length] != 0) {
            length++;
        }
        byte[] line = Arrays.copyOf(read, length);
        Arrays.fill(read, (byte) 0);
        return new GivenPassphrase(line, err);
    }

    /** What a descriptor that the caller opened has to say. */
    private static byte[] read(int descriptor, InputStream standardInput, int lengthMax) throws LocalFailure {
        byte[] read;
        try {
            if (descriptor == 0) {
                read = standardInput.readNBytes(lengthMax + 1);
            } else {
                try (InputStream file = Files.newInputStream(Path.of("/dev/fd/" + descriptor))) {
                    read = file.readNBytes(lengthMax + 1);
                }
            }
        } catch (IOException notOpen) {
            throw new LocalFailure(
                    "Couldn't read from passphrase fd: nothing can be read from file descriptor " + descriptor,
                    notOpen);
        }
        if (read.length > lengthMax) {
            Arrays.fill(read, (byte) 0);
            throw new LocalFailure("A passphrase has at most " + lengthMax + " bytes");
        }
        return read;
    }

    @Override
    public Sensitive ask(String prompt) {
        return Sensitive.taking(passphrase.clone());
    }

    @Override
    public Sensitive askForNew(String prompt) {
        return ask(prompt);
    }

    @Override
    public boolean isInteractive() {
        return false;
    }

    @Override
    public void say(String text) {
        err.println(text);
    }

    @Override
    public void close() {
        Arrays.fill(passphrase, (byte) 0);
    }
}
