package io.allium.channel;

/** A link did not come about; says why in the words of the control port and in ours. */
final class LinkFailed extends Exception {
    private static final long serialVersionUID = 1L;

    private final ChannelEvents.Reason reason;

    LinkFailed(ChannelEvents.Reason reason, String why, Throwable cause) {
        super(why, cause);
        this.reason = reason;
    }

    LinkFailed(ChannelEvents.Reason reason, String why) {
        super(why);
        this.reason = reason;
    }

    ChannelEvents.Reason reason() {
        return reason;
    }

    /** The reason as a phrase. */
    String why() {
        String message = getMessage();
        return message == null ? reason.toString() : message;
    }
}
