package io.allium.cell;

/**
 * What became of an introduction: the number in INTRODUCE_ACK.
 *
 * @spec rend-spec-v3 3.2.2
 */
public enum IntroduceStatus {
    /** It went on to the service. */
    SUCCESS(0),
    /** No service has this introduction point, or no longer. */
    UNKNOWN_ID(1),
    BAD_FORMAT(2),
    /** The circuit to the service takes no more. */
    CANNOT_RELAY(3),
    /** What only a relay from the future says: a failure. */
    UNKNOWN(0xffff);

    private final int code;

    IntroduceStatus(int code) {
        this.code = code;
    }

    /** The two bytes on the wire. */
    public int code() {
        return code;
    }

    /** The status for a peer's number. */
    public static IntroduceStatus of(int code) {
        return switch (code) {
            case 0 -> SUCCESS;
            case 1 -> UNKNOWN_ID;
            case 2 -> BAD_FORMAT;
            case 3 -> CANNOT_RELAY;
            default -> UNKNOWN;
        };
    }
}
