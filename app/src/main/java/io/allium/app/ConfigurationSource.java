package io.allium.app;

import io.allium.base.LocalFailure;

/** Where the configuration came from, to be read again. */
public interface ConfigurationSource {
    Options read() throws LocalFailure;

    /** The torrc's path; empty where there is none. */
    default String torrc() {
        return "";
    }

    /** The path of the defaults-torrc; empty where there is none. */
    default String defaultsTorrc() {
        return "";
    }

    /** What the defaults-torrc alone says. */
    default Options defaults() throws LocalFailure {
        return Options.DEFAULTS;
    }

    /** The options if this text, which may not include files, stood in the torrc. */
    default Options parse(String torrc) throws LocalFailure {
        return Options.parse(torrc);
    }

    /** Whether the torrc can be written anew and nothing is lost but its comments. */
    default boolean isWritable() throws LocalFailure {
        return false;
    }

    /** Writes the torrc anew; the old one is kept beside it. */
    default void save(String text) throws LocalFailure {
        throw new LocalFailure("there is no torrc");
    }
}
