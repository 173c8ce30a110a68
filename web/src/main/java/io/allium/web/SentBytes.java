package io.allium.web;

import java.util.Map;
import java.util.TreeMap;

/** Which bytes of something have been sent, in pieces that may overlap. Confined to whoever guards it. */
final class SentBytes {
    /** More pieces come from nobody who only lost a connection: from then on they are not counted. */
    static final int PIECES_MAX = 10_000;

    private final TreeMap<Long, Long> pieces = new TreeMap<>(); // from, to; they neither overlap nor touch

    /** Those from {@code from} up to before {@code to}. */
    void add(long from, long to) {
        if (from >= to || pieces.size() == PIECES_MAX) {
            return;
        }
        long start = from;
        long end = to;
        Map.Entry<Long, Long> before = pieces.floorEntry(from);
        if (before != null && before.getValue() >= from) {
            start = before.getKey();
            end = Math.max(end, before.getValue());
        }
        Map.Entry<Long, Long> next = pieces.ceilingEntry(start);
        while (next != null && next.getKey() <= end) {
            end = Math.max(end, next.getValue());
            pieces.remove(next.getKey());
            next = pieces.ceilingEntry(start);
        }
        pieces.put(start, end);
    }

    /** Whether all have been sent up to this one. */
    boolean coverUpTo(long length) {
        Map.Entry<Long, Long> first = pieces.firstEntry();
        return length == 0 || first != null && first.getKey() == 0 && first.getValue() >= length;
    }

    void clear() {
        pieces.clear();
    }
}
