package io.allium.netdoc;

import io.allium.base.Untrusted;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The documents of one array that held several, and why others in it could not be read: one bad document does not cost
 * its neighbours.
 *
 * @param refused why, for the first {@value #REFUSED_MAX} of the bad ones
 * @param <T> a document
 */
public record DocumentList<T>(List<T> documents, List<Untrusted> refused) {
    /** Reasons are for the log; whoever sends a million bad documents shall not fill our memory with them. */
    public static final int REFUSED_MAX = 100;

    public DocumentList {
        documents = List.copyOf(documents);
        refused = List.copyOf(refused);
    }

    /** Each document as something else. */
    public <R> DocumentList<R> map(Function<? super T, ? extends R> change) {
        List<R> changed = new ArrayList<>();
        documents.forEach(document -> changed.add(change.apply(document)));
        return new DocumentList<>(changed, refused);
    }

    /** Reads documents that each begin with {@code firstKeyword} until there are no more. */
    static <T> DocumentList<T> read(Slice slice, Schema schema, String firstKeyword, Maker<T> maker) {
        return read(new Lexer(slice), schema, firstKeyword, maker, lexer -> null);
    }

    /**
     * The same, where most documents are plain.
     *
     * @param plain moves the lexer past the next document and gives it, or gives null and leaves it to the schema
     */
    static <T> DocumentList<T> read(
            Lexer lexer, Schema schema, String firstKeyword, Maker<T> maker, Function<Lexer, @Nullable T> plain) {
        List<T> documents = new ArrayList<>();
        List<Untrusted> refused = new ArrayList<>();
        while (lexer.skipEmptyLines()) {
            T read = plain.apply(lexer);
            if (read != null) {
                documents.add(read);
                continue;
            }
            int start = lexer.position();
            int line = lexer.line();
            try {
                Section section = schema.read(lexer);
                try {
                    documents.add(maker.make(section));
                } catch (Untrusted wrong) {
                    keep(refused, wrong.in(schema.name()));
                }
            } catch (Untrusted malformed) {
                keep(refused, malformed);
                lexer.resume(start, line, firstKeyword);
            }
        }
        return new DocumentList<>(documents, refused);
    }

    private static void keep(List<Untrusted> refused, Untrusted reason) {
        if (refused.size() < REFUSED_MAX) {
            refused.add(reason);
        }
    }

    /** Reads what must be exactly one document. */
    static <T> T readOne(Slice slice, Schema schema, Maker<T> maker) throws Untrusted {
        Lexer lexer = new Lexer(slice);
        Section section = schema.read(lexer);
        schema.expectEnd(lexer);
        try {
            return maker.make(section);
        } catch (Untrusted wrong) {
            throw wrong.in(schema.name());
        }
    }

    /**
     * Makes a document of a section that holds to its schema.
     *
     * @param <T> the document
     */
    @FunctionalInterface
    interface Maker<T> {
        T make(Section section) throws Untrusted;
    }
}
