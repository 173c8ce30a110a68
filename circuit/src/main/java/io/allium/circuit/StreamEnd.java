package io.allium.circuit;

/** Which end of a stream we are. */
public enum StreamEnd {
    /** The one that asked for it. */
    ORIGIN {
        @Override
        int xoffCells(StreamFlowParameters parameters) {
            return parameters.xoffClient();
        }

        @Override
        StreamEnd other() {
            return EXIT;
        }
    },

    /** The one that connects it to a server. */
    EXIT {
        @Override
        int xoffCells(StreamFlowParameters parameters) {
            return parameters.xoffExit();
        }

        @Override
        StreamEnd other() {
            return ORIGIN;
        }
    },

    /** Either end of a stream between a client and an onion service: both are circuits' origins, and alike. */
    ONION {
        @Override
        int xoffCells(StreamFlowParameters parameters) {
            return parameters.xoffClient();
        }

        @Override
        StreamEnd other() {
            return ONION;
        }
    };

    /** So many cells may wait here to be delivered before this end sends XOFF. */
    abstract int xoffCells(StreamFlowParameters parameters);

    abstract StreamEnd other();
}
