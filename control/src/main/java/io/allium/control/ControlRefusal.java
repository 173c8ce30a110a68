package io.allium.control;

/** Why a command is not done, as its controller is told: a code and a sentence. */
public final class ControlRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String sentence;

    /** @param code one of those of {@link ControlReply} */
    public ControlRefusal(int code, String sentence) {
        super(sentence);
        this.code = code;
        this.sentence = sentence;
    }

    /** What the controller hears. */
    public ControlReply reply() {
        return ControlReply.of(code, sentence);
    }
}
