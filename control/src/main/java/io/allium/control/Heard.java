package io.allium.control;

import io.allium.base.ProtocolViolation;

/**
 * What a controller can hear of, and how its words are read. Immutable.
 *
 * @param <E> what is told each time
 */
public final class Heard<E> {
    /** Circuits as they are launched, grow and end. */
    public static final Heard<CircuitLine> CIRC = of(ControlEvent.CIRC, event -> CircuitLine.parse(rest(event)));

    /** Streams as they come, are attached and end. */
    public static final Heard<StreamLine> STREAM = of(ControlEvent.STREAM, event -> StreamLine.parse(rest(event)));

    /** What went in and out in the last second. */
    public static final Heard<Bandwidth> BW = of(ControlEvent.BW, event -> Bandwidth.parse(rest(event)));

    /** Descriptors of onion services as they are made, uploaded and fetched. */
    public static final Heard<DescriptorLine> HS_DESC =
            of(ControlEvent.HS_DESC, event -> DescriptorLine.parse(rest(event)));

    /** Bytes in one second. */
    public record Bandwidth(long read, long written) {
        static Bandwidth parse(String text) throws ProtocolViolation {
            String[] words = text.split(" ", 3); // C tor may say more behind them
            if (words.length < 2 || !words[0].matches("[0-9]{1,18}") || !words[1].matches("[0-9]{1,18}")) {
                throw new ProtocolViolation("a BW event without two numbers: " + CString.quote(text));
            }
            return new Bandwidth(Long.parseLong(words[0]), Long.parseLong(words[1]));
        }
    }

    private interface Reading<E> {
        E read(ControlAnswer event) throws ProtocolViolation;
    }

    private final ControlEvent event;
    private final Reading<E> reading;

    private Heard(ControlEvent event, Reading<E> reading) {
        this.event = event;
        this.reading = reading;
    }

    private static <E> Heard<E> of(ControlEvent event, Reading<E> reading) {
        return new Heard<>(event, reading);
    }

    /** Any event, as what stands behind its name: {@code NOTICE}'s is the line of the log. */
    public static Heard<String> text(ControlEvent event) {
        return of(event, Heard::rest);
    }

    /** Any event, with all its lines. */
    public static Heard<ControlAnswer> whole(ControlEvent event) {
        return of(event, answer -> answer);
    }

    ControlEvent event() {
        return event;
    }

    E read(ControlAnswer answer) throws ProtocolViolation {
        return reading.read(answer);
    }

    /** The event's name, which is its first word. */
    static String name(ControlAnswer event) {
        String text = event.text();
        int space = text.indexOf(' ');
        return space < 0 ? text : text.substring(0, space);
    }

    private static String rest(ControlAnswer event) {
        String text = event.text();
        int space = text.indexOf(' ');
        return space < 0 ? "" : text.substring(space + 1);
    }
}
