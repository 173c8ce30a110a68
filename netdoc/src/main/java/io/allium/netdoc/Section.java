package io.allium.netdoc;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The items of a document, or of a part of one, that hold to a {@link Schema}. Confined to the parser that reads it. */
public final class Section {
    private final String name;
    private final byte[] source;
    private final List<Item> annotations;
    private final List<Item> items;

    Section(String name, byte[] source, List<Item> annotations, List<Item> items) {
        this.name = name;
        this.source = source;
        this.annotations = annotations;
        this.items = items;
    }

    /** The item of a keyword that the schema says occurs exactly once. */
    public Item one(String keyword) {
        for (Item item : items) {
            if (item.is(keyword)) {
                return item;
            }
        }
        throw new NoSuchElementException(name + ": no " + keyword + ", and the schema did not ask for it");
    }

    /** The first item of a keyword, if there is one. */
    public Optional<Item> maybe(String keyword) {
        for (Item item : items) {
            if (item.is(keyword)) {
                return Optional.of(item);
            }
        }
        return Optional.empty();
    }

    public boolean has(String keyword) {
        return maybe(keyword).isPresent();
    }

    /** All items of a keyword, in their order. */
    public List<Item> all(String keyword) {
        List<Item> found = new ArrayList<>();
        for (Item item : items) {
            if (item.is(keyword)) {
                found.add(item);
            }
        }
        return found;
    }

    int count(String keyword) {
        int count = 0;
        for (Item item : items) {
            if (item.is(keyword)) {
                count++;
            }
        }
        return count;
    }

    /** All items, those with unknown keywords too, in their order. */
    public List<Item> items() {
        return items;
    }

    /** The {@code @annotations} that stood before the section, in their order. */
    public List<Item> annotations() {
        return annotations;
    }

    /** The exact bytes from the first item to the end of the last. */
    public Slice source() {
        if (items.isEmpty()) {
            return Slice.empty();
        }
        int start = items.getFirst().start();
        return new Slice(source, start, items.getLast().end() - start);
    }

    /** The exact bytes from the first item up to a place in the source, for a digest of the signed part. */
    Slice sourceUpTo(int end) {
        int start = items.getFirst().start();
        return new Slice(source, start, end - start);
    }
}
