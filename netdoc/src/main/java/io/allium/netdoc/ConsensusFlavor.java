package io.allium.netdoc;

/**
 * The two forms in which authorities publish a consensus.
 *
 * @spec dir-spec 3.9
 */
public enum ConsensusFlavor {
    /** Names server descriptors by their SHA-1; signed over a SHA-1 digest. */
    NS("ns"),
    /** Names microdescriptors by their SHA-256; signed over a SHA-256 digest. */
    MICRODESC("microdesc");

    private final String text;

    ConsensusFlavor(String text) {
        this.text = text;
    }

    /** As documents and URLs name it. */
    public String text() {
        return text;
    }
}
