package io.allium.netdoc;

import io.allium.base.Untrusted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Makes the diff from one consensus to the next.
 *
 * <p>The relays of a consensus are in the order of their fingerprints, so the entries of both are walked through side by
 * side, and only lines of the same relay are compared with each other: what takes the square of the number of lines then
 * does so for a handful of them, and the whole is linear. What comes before the relays and after them is compared alike;
 * the signatures are replaced together, for a client may have collected others than we did.
 *
 * @spec dir-spec 4.5.1, E
 */
public final class ConsensusDiffWriter {
    /** Longer parts than 1,000 lines on each side are replaced rather than compared; only a strange document has one. */
    static final int COMPARED_MAX = 1_000_000;

    private final TextLines from;
    private final TextLines to;
    private final List<ConsensusDiff.Edit> edits = new ArrayList<>(); // in the order of the document
    private int fromDone; // lines up to here are dealt with
    private int toDone;

    private ConsensusDiffWriter(TextLines from, TextLines to) {
        this.from = from;
        this.to = to;
    }

    /**
     * The diff between two consensuses of the same flavour.
     *
     * @throws Untrusted when no diff can say it: it cannot hold a line with just a period
     */
    public static ConsensusDiff between(Consensus from, Consensus to) throws Untrusted {
        TextLines fromLines = TextLines.of(from.source());
        TextLines toLines = TextLines.of(to.source());
        for (int line = 1; line <= toLines.count(); line++) {
            if (toLines.is(line, ".")) {
                throw new Untrusted("consensus diff: line " + line + " is a period, which ends a block of lines");
            }
        }
        List<ConsensusDiff.Edit> edits = new ConsensusDiffWriter(fromLines, toLines).compare();
        return new ConsensusDiff(from.sha3(), Sha3Digest.over(to.source()), edits);
    }

    /** The entry of a relay, or what comes before or after all of them. */
    private record Part(int first, int end, byte[] identity) {}

    private List<ConsensusDiff.Edit> compare() {
        int fromSignatures = signatures(from);
        int toSignatures = signatures(to);
        List<Part> ours = parts(from, fromSignatures);
        List<Part> theirs = parts(to, toSignatures);
        compare(ours.getFirst(), theirs.getFirst());
        int i = 1;
        int j = 1;
        while (i < ours.size() - 1 && j < theirs.size() - 1) {
            int order = Arrays.compareUnsigned(ours.get(i).identity, theirs.get(j).identity);
            if (order == 0) {
                compare(ours.get(i), theirs.get(j));
            }
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        compare(ours.getLast(), theirs.getLast());
        replaceUpTo(fromSignatures, toSignatures);
        replaceSignatures(toSignatures);
        return edits.reversed();
    }

    private static int signatures(TextLines lines) {
        for (int line = 1; line <= lines.count(); line++) {
            if (lines.beginsWith(line, "directory-signature ")) {
                return line;
            }
        }
        return lines.count() + 1;
    }

    private static List<Part> parts(TextLines lines, int end) {
        List<Part> parts = new ArrayList<>();
        int first = 1;
        byte[] identity = new byte[0];
        for (int line = 1; line < end; line++) {
            boolean router = lines.beginsWith(line, "r ");
            if (router || lines.beginsWith(line, "directory-footer")) {
                parts.add(new Part(first, line, identity));
                first = line;
                identity = router ? identity(lines.line(line)) : new byte[0];
            }
        }
        parts.add(new Part(first, end, identity));
        if (parts.size() == 1) {
            parts.add(new Part(end, end, new byte[0]));
        }
        return parts;
    }

    /** What relays are ordered by; of a line that makes no sense it does not matter. */
    private static byte[] identity(String line) {
        String[] words = line.split(" ", 4);
        try {
            return words.length < 3 ? new byte[0] : Base64.getDecoder().decode(words[2]);
        } catch (IllegalArgumentException garbled) {
            return new byte[0];
        }
    }

    /** Finds as many lines of a part as possible in the other one, in the same order. */
    private void compare(Part ours, Part theirs) {
        int i = ours.first;
        int j = theirs.first;
        while (i < ours.end && j < theirs.end && from.same(i, to, j)) {
            keep(i++, j++);
        }
        int iEnd = ours.end;
        int jEnd = theirs.end;
        while (iEnd > i && jEnd > j && from.same(iEnd - 1, to, jEnd - 1)) {
            iEnd--;
            jEnd--;
        }
        if ((long) (iEnd - i) * (jEnd - j) <= COMPARED_MAX) {
            keepCommon(i, iEnd, j, jEnd);
        }
        while (iEnd < ours.end) {
            keep(iEnd++, jEnd++);
        }
    }

    /** The longest common subsequence, by the table of what remains. */
    private void keepCommon(int i, int iEnd, int j, int jEnd) {
        int rows = iEnd - i;
        int columns = jEnd - j;
        int[][] best = new int[rows + 1][columns + 1];
        for (int row = rows - 1; row >= 0; row--) {
            for (int column = columns - 1; column >= 0; column--) {
                best[row][column] = from.same(i + row, to, j + column)
                        ? best[row + 1][column + 1] + 1
                        : Math.max(best[row + 1][column], best[row][column + 1]);
            }
        }
        int row = 0;
        int column = 0;
        while (row < rows && column < columns) {
            if (from.same(i + row, to, j + column)) {
                keep(i + row++, j + column++);
            } else if (best[row + 1][column] >= best[row][column + 1]) {
                row++;
            } else {
                column++;
            }
        }
    }

    /** This line stays; what lies between it and the one that stayed before is replaced. */
    private void keep(int fromLine, int toLine) {
        replaceUpTo(fromLine, toLine);
        fromDone = fromLine;
        toDone = toLine;
    }

    private void replaceUpTo(int fromLine, int toLine) {
        if (fromDone + 1 < fromLine || toDone + 1 < toLine) {
            Slice block = to.range(toDone + 1, toLine - 1);
            edits.add(new ConsensusDiff.Edit(fromDone + 1, fromLine - 1, block, 0));
        }
        fromDone = fromLine - 1;
        toDone = toLine - 1;
    }

    private void replaceSignatures(int toSignatures) {
        if (toSignatures <= to.count()) {
            edits.add(new ConsensusDiff.Edit(fromDone + 1, fromDone, to.range(toSignatures, to.count()), 0));
        }
        if (fromDone + 1 == from.count()) {
            edits.add(new ConsensusDiff.Edit(from.count(), from.count(), Slice.empty(), 0));
        } else if (fromDone < from.count()) {
            edits.add(new ConsensusDiff.Edit(fromDone + 1, ConsensusDiff.Edit.END, Slice.empty(), 0));
        }
    }
}
