package io.allium.testing;

import io.allium.base.ByteStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;

/** How the end of a connection looks to who reads: a system tells of it by a reset where bytes of the reader's were unread. */
public final class Ends {
    private Ends() {}

    /** Whether nothing more comes; waits until something does or it is over. */
    public static boolean isOver(ByteStream stream) {
        try {
            return stream.read(new byte[1], 0, 1) < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    /** The same of a socket's input. */
    public static boolean isOver(InputStream in) throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }
}
