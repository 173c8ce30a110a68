package io.allium.netdoc;

import io.allium.base.Untrusted;

/**
 * That a service can do congestion control, and on what terms.
 *
 * @param versions of the protocol {@code FlowCtrl} that it knows, as a {@code proto} line has them: {@code 1-2}
 * @param sendmeIncrement how many cells it acknowledges at a time, 1 to 255
 * @spec prop324 9.2
 */
public record OnionFlowControl(String versions, int sendmeIncrement) {
    static final String KEYWORD = "flow-control";

    static OnionFlowControl read(Item item) throws Untrusted {
        String versions = item.argument(0);
        ProtocolVersions.parse(PROTOCOL + "=" + versions);
        return new OnionFlowControl(versions, (int) item.number(1, 1, 0xff));
    }

    void write(DocumentWriter out) {
        out.line(KEYWORD, versions, sendmeIncrement);
    }

    /** Whether clients may ask the service for congestion control. */
    public boolean hasCongestionControl() {
        return ProtocolVersions.of(PROTOCOL + "=" + versions).supports(PROTOCOL, CONGESTION_CONTROL);
    }

    private static final String PROTOCOL = "FlowCtrl";
    private static final int CONGESTION_CONTROL = 2;
}
