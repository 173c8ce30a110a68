package io.allium.relay;

import io.allium.base.LocalFailure;
import io.allium.base.Sensitive;

/** Where the passphrase comes from that locks a key which lies offline. Confined to the task that makes keys. */
public interface Passphrases extends AutoCloseable {
    /** The passphrase of what is locked already. */
    Sensitive ask(String prompt) throws LocalFailure;

    /** A new one, of no bytes to lock nothing. */
    Sensitive askForNew(String prompt) throws LocalFailure;

    /** Whether somebody is there to try again after a wrong one. */
    boolean isInteractive();

    /** Tells whoever typed it something that is no matter for the log. */
    void say(String text);

    /** Wipes what it has. */
    @Override
    void close();
}
