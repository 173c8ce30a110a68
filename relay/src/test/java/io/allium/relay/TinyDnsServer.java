package io.allium.relay;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A name server on a port of loopback that knows the records it is given, says SERVFAIL to names that begin with
 * {@code broken}, nothing to those that begin with {@code silent}, and NXDOMAIN to all others.
 */
final class TinyDnsServer implements AutoCloseable {
    /** What it was asked, in the letters of the question: {@code eXample.com. A}. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    private final DatagramSocket socket;
    private final List<Record> records;

    /** @param zone lines such as {@code www.example. 60 IN A 192.0.2.1} */
    TinyDnsServer(String... zone) throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        records = Arrays.stream(zone).map(TinyDnsServer::record).toList();
        Thread.ofVirtual().start(this::serve);
    }

    /** As it stands in a resolv.conf. */
    String nameserver() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    private static Record record(String line) {
        String[] words = line.split(" ", 5);
        try {
            Name name = Name.fromString(words[0]);
            return Record.fromString(name, Type.value(words[3]), DClass.IN, Long.parseLong(words[1]), words[4], name);
        } catch (IOException malformed) {
            throw new IllegalArgumentException(line, malformed);
        }
    }

    private void serve() {
        byte[] buffer = new byte[512];
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        try {
            while (true) {
                packet.setLength(buffer.length);
                socket.receive(packet);
                Message question = new Message(Arrays.copyOf(buffer, packet.getLength()));
                Record asking = question.getQuestion();
                asked.add(asking.getName() + " " + Type.string(asking.getType()));
                String name = asking.getName().toString().toLowerCase(Locale.ROOT);
                if (!name.startsWith("silent")) {
                    byte[] answer = answer(question, name).toWire();
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private Message answer(Message question, String name) {
        Record asking = question.getQuestion();
        Message answer = new Message(question.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.addRecord(asking, Section.QUESTION);
        List<Record> known = records.stream()
                .filter(record -> record.getName().equals(asking.getName()))
                .toList();
        known.stream()
                .filter(record -> record.getType() == asking.getType())
                .forEach(record -> answer.addRecord(record, Section.ANSWER));
        if (name.startsWith("broken")) {
            answer.getHeader().setRcode(Rcode.SERVFAIL);
        } else if (known.isEmpty()) {
            answer.getHeader().setRcode(Rcode.NXDOMAIN);
        }
        return answer;
    }

    @Override
    public void close() {
        socket.close();
    }
}
