package io.allium.netdoc;

import io.allium.base.Untrusted;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How to make a consensus from an earlier one: which lines to take away and which to put in, the last ones first, so
 * that every number is one of the earlier document. {@link ConsensusDiffWriter} makes one.
 *
 * <p>It is not signed and needs no trust: what comes of it is checked like any consensus, and must have the digest that
 * the diff names.
 *
 * @param from the digest of the signed part of the consensus to apply this to
 * @param to the digest of the whole consensus that comes of it
 * @param edits from the end of the document to its beginning
 * @spec dir-spec 4.5.1, E
 */
public record ConsensusDiff(Sha3Digest from, Sha3Digest to, List<Edit> edits) {
    static final String FIRST_LINE = "network-status-diff-version 1";

    /** No command is longer: two numbers of lines, a comma and a letter. */
    private static final int COMMAND_MAX = 20;

    private static final Pattern COMMAND = Pattern.compile("([0-9]{1,8})(?:,([0-9]{1,8}|\\$))?([acd])");
    private static final Pattern HASH = Pattern.compile("hash ([0-9A-Fa-f]{64}) ([0-9A-Fa-f]{64})");

    /**
     * Takes away the lines {@code first} to {@code last} and puts in others instead.
     *
     * @param first counted from 1
     * @param last one less than {@code first} where nothing is taken away; {@link #END} for the last of the document
     * @param block what is put in: whole lines, or nothing
     * @param line of the diff, for errors
     */
    public record Edit(int first, int last, Slice block, int line) {
        /** The last line of the document, however many it has. */
        public static final int END = Integer.MAX_VALUE;
    }

    public ConsensusDiff {
        edits = List.copyOf(edits);
    }

    /** Whether a document is a diff rather than a consensus; a directory may answer with either. */
    public static boolean isOne(byte[] document) {
        byte[] start = "network-status-diff-version ".getBytes(StandardCharsets.US_ASCII);
        return document.length >= start.length && Slice.of(start).equals(new Slice(document, 0, start.length));
    }

    /** Reads one. */
    public static ConsensusDiff parse(byte[] document) throws Untrusted {
        try {
            TextLines lines = TextLines.of(Slice.of(document));
            if (lines.count() == 0 || !lines.is(1, FIRST_LINE)) {
                throw bad(1, "is not '" + FIRST_LINE + "'");
            }
            Matcher hash = HASH.matcher(lines.count() < 2 || lines.length(2) > 200 ? "" : lines.line(2));
            if (!hash.matches()) {
                throw bad(2, "does not name two digests");
            }
            return new ConsensusDiff(
                    Sha3Digest.parse(hash.group(1)), Sha3Digest.parse(hash.group(2)), new EditReader(lines).read());
        } catch (Untrusted wrong) {
            throw wrong.in("consensus diff");
        }
    }

    private static Untrusted bad(int line, String what) {
        return new Untrusted("line " + line + " " + what);
    }

    /** The consensus that comes of applying this. */
    public byte[] apply(Consensus base) throws Untrusted {
        if (!base.sha3().equals(from)) {
            throw new Untrusted("consensus diff: it is for another consensus than ours");
        }
        try {
            byte[] result = edited(TextLines.of(base.source()));
            if (!Sha3Digest.over(Slice.of(result)).equals(to)) {
                throw new Untrusted("what comes of it has another digest than it says");
            }
            return result;
        } catch (Untrusted wrong) {
            throw wrong.in("consensus diff");
        }
    }

    private byte[] edited(TextLines base) throws Untrusted {
        List<Slice> backwards = new ArrayList<>();
        int untouched = base.count();
        for (Edit edit : edits) {
            int last = edit.last == Edit.END ? base.count() : edit.last;
            if (last > untouched || edit.first > last + 1) {
                throw bad(edit.line, "is about lines that the consensus does not have");
            }
            backwards.add(base.range(last + 1, untouched));
            backwards.add(edit.block);
            untouched = edit.first - 1;
        }
        backwards.add(base.range(1, untouched));
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        backwards.reversed().forEach(part -> result.write(part.array(), part.offset(), part.length()));
        return result.toByteArray();
    }

    /** As it travels. */
    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ascii(FIRST_LINE + "\nhash " + from.hex() + " " + to.hex() + "\n"));
        for (Edit edit : edits) {
            out.writeBytes(ascii(command(edit)));
            if (edit.block.length() > 0) {
                out.write(edit.block.array(), edit.block.offset(), edit.block.length());
                out.writeBytes(ascii(".\n"));
            }
        }
        return out.toByteArray();
    }

    private static String command(Edit edit) {
        if (edit.last == edit.first - 1) {
            return edit.last + "a\n";
        }
        String range = edit.last == edit.first ? "" : edit.last == Edit.END ? ",$" : "," + edit.last;
        return edit.first + range + (edit.block.length() > 0 ? "c\n" : "d\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads the commands with their blocks. Confined to one reading. */
    private static final class EditReader {
        private final TextLines lines;
        private final List<Edit> edits = new ArrayList<>();
        private int untouched = Edit.END; // lines up to this one are as they were
        private int at = 3;

        EditReader(TextLines lines) {
            this.lines = lines;
        }

        List<Edit> read() throws Untrusted {
            while (at <= lines.count()) {
                Edit edit = edit();
                if (edit.last > untouched) {
                    throw bad(edit.line, "is not before the lines of the command above it");
                }
                untouched = edit.first - 1;
                edits.add(edit);
            }
            return edits;
        }

        private Edit edit() throws Untrusted {
            int line = at++;
            Matcher command = COMMAND.matcher(lines.length(line) > COMMAND_MAX ? "" : lines.line(line));
            if (!command.matches()) {
                throw bad(line, "is no command");
            }
            int first = Integer.parseInt(command.group(1));
            String range = command.group(2);
            char action = command.group(3).charAt(0);
            if (action == 'a') {
                if (range != null) {
                    throw bad(line, "puts lines in after several lines");
                }
                return new Edit(first + 1, first, block(line), line);
            }
            if (first == 0) {
                throw bad(line, "is about line 0");
            }
            boolean toEnd = "$".equals(range);
            if (toEnd && action != 'd') {
                throw bad(line, "replaces lines up to the end, which may only be taken away");
            }
            int last = range == null ? first : toEnd ? Edit.END : Integer.parseInt(range);
            if (range != null && last <= first) {
                throw bad(line, "ends before it begins");
            }
            return new Edit(first, last, action == 'c' ? block(line) : Slice.empty(), line);
        }

        private Slice block(int command) throws Untrusted {
            int first = at;
            while (at <= lines.count() && !lines.is(at, ".")) {
                at++;
            }
            if (at > lines.count()) {
                throw bad(command, "puts in lines whose end is missing");
            }
            if (at == first) {
                throw bad(command, "puts in no lines");
            }
            Slice block = lines.range(first, at - 1);
            at++;
            return block;
        }
    }
}
