package io.allium.app;

/**
 * A node of a private network, as {@code allium network init} plans it. Immutable.
 *
 * @param name also the name of its folder
 * @param host the machine that it runs on
 * @param basePort the first of its {@link #PORTS} ports
 * @param exit whether it lets streams leave the network
 */
record NetworkNode(String name, Role role, Host host, int basePort, boolean exit) {
    /** Each node has so many, of which it uses some, so that each kind of port ends in the same digit everywhere. */
    static final int PORTS = 10;

    /** What it is for. */
    enum Role {
        AUTHORITY("auth"),
        RELAY("relay"),
        BRIDGE("bridge"),
        CLIENT("client");

        private final String prefix;

        Role(String prefix) {
            this.prefix = prefix;
        }

        /** The first part of the names of such nodes. */
        String prefix() {
            return prefix;
        }
    }

    /**
     * A machine.
     *
     * @param name what its operator calls it
     * @param address an IPv4 address at which the others reach it
     */
    record Host(String name, String address) {
        boolean isLoopback() {
            return address.startsWith("127.");
        }
    }

    int orPort() {
        return basePort;
    }

    int dirPort() {
        return basePort + 1;
    }

    int socksPort() {
        return basePort + 2;
    }

    int controlPort() {
        return basePort + 3;
    }

    /** Whether it has keys, and others know its name. */
    boolean isRelay() {
        return role != Role.CLIENT;
    }
}
