package io.allium.bench;

/** The two that are compared. */
enum Implementation {
    C_TOR("C tor"),
    ALLIUM("Allium");

    private final String title;

    Implementation(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
