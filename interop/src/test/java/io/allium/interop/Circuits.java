package io.allium.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a node says of its circuits on its control port. */
final class Circuits {
    private static final Pattern BUILT = Pattern.compile("(?m)^\\S+ BUILT (\\S+) .*\\bPURPOSE=(\\w+)");
    private static final Pattern HOP = Pattern.compile("\\$[0-9A-F]{40}[~=](\\w+)");

    private Circuits() {}

    /** The relays that its circuits of this purpose end at, by name. */
    static Set<String> ends(MixedNetwork.Node node, String purpose) throws IOException {
        Set<String> names = new TreeSet<>();
        Matcher circuit = BUILT.matcher(status(node));
        while (circuit.find()) {
            if (circuit.group(2).equals(purpose)) {
                String last = "";
                Matcher hop = HOP.matcher(circuit.group(1));
                while (hop.find()) {
                    last = hop.group(1);
                }
                names.add(last);
            }
        }
        return names;
    }

    private static String status(MixedNetwork.Node node) throws IOException {
        String cookie =
                HexFormat.of().formatHex(Files.readAllBytes(node.folder().resolve("control_auth_cookie")));
        try (Socket control = new Socket(InetAddress.getLoopbackAddress(), node.controlPort())) {
            String questions = "AUTHENTICATE " + cookie + "\r\nGETINFO circuit-status\r\nQUIT\r\n";
            control.getOutputStream().write(questions.getBytes(US_ASCII));
            return new String(control.getInputStream().readAllBytes(), US_ASCII);
        }
    }
}
