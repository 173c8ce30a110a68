package io.allium.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports of this machine at which nobody listens, each handed out once. Confined to the test that takes them. */
final class FreePorts {
    /** Below those that the system hands to outgoing connections, so that nobody takes one before it is listened at. */
    private static final int LAST = 32_000;

    private int next;

    /** From this port on, or from one so far above it that two runs at a time seldom try the same. */
    FreePorts(int first) {
        this.next = first + (int) (ProcessHandle.current().pid() % 100) * 60;
    }

    /** One. */
    int take() throws IOException {
        return take(1);
    }

    /** The first of so many in a row. */
    int take(int count) throws IOException {
        while (next + count <= LAST) {
            int first = next;
            next += count;
            if (areFree(first, count)) {
                return first;
            }
        }
        throw new IOException("no " + count + " free ports in a row below " + LAST);
    }

    private static boolean areFree(int first, int count) throws IOException {
        List<ServerSocket> probes = new ArrayList<>();
        try {
            for (int port = first; port < first + count; port++) {
                ServerSocket probe = new ServerSocket();
                probes.add(probe);
                probe.setReuseAddress(true);
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            }
            return true;
        } catch (IOException taken) {
            return false;
        } finally {
            for (ServerSocket probe : probes) {
                probe.close();
            }
        }
    }
}
