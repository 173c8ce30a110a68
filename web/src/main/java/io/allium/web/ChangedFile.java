package io.allium.web;

import java.io.IOException;

/** A file is no longer what it was when its length was told, so that what was promised of it cannot be sent. */
final class ChangedFile extends IOException {
    private static final long serialVersionUID = 1L;

    private final String what;

    ChangedFile(String what) {
        super(what);
        this.what = what;
    }

    /** A sentence without an end. */
    String what() {
        return what;
    }
}
