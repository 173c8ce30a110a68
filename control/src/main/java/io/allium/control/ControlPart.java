package io.allium.control;

/** A part of a running Tor that controllers can see, or have do something. */
public interface ControlPart {
    /** Puts the part's keys and commands into the catalogue. Called once, before the first controller comes. */
    void enter(ControlCatalogue catalogue);
}
