package io.allium.netdoc;

import io.allium.base.Untrusted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a document, or a part of one, is made of: which keywords, how often, with how many arguments and what object.
 * Reads a {@link Section} that holds to it from a {@link Lexer}. Items with keywords that it does not know are ignored.
 * Immutable.
 *
 * @spec dir-spec 1.2
 */
public final class Schema {
    /**
     * No section may be longer, some ten times what the longest are. A section is in memory whole before it is checked,
     * as items and arguments that need dozens of bytes for each two of theirs: a few megabytes of {@code a a a} would
     * take all the memory there is.
     */
    static final int LENGTH_MAX = 1024 * 1024;

    private final String name;
    private final Map<String, Rule> rules = new LinkedHashMap<>();
    private final Set<String> ends;
    private final @Nullable Rule first;
    private final @Nullable Rule last;

    private Schema(String name, List<Rule> rules, Set<String> ends) {
        this.name = name;
        this.ends = ends;
        Rule opening = null;
        Rule closing = null;
        for (Rule rule : rules) {
            if (this.rules.put(rule.keyword(), rule) != null) {
                throw new IllegalArgumentException(name + ": two rules for " + rule.keyword());
            }
            opening = rule.position() == Position.FIRST ? rule : opening;
            closing = rule.position() == Position.LAST ? rule : closing;
        }
        this.first = opening;
        this.last = closing;
    }

    /** A schema of these rules; {@code name} is what errors call the document. */
    public static Schema of(String name, Rule... rules) {
        return new Schema(name, List.of(rules), Set.of());
    }

    /** The same for a part of a document, which also ends before an item with one of these keywords. */
    public Schema endingBefore(String... keywords) {
        return new Schema(name, List.copyOf(rules.values()), Set.of(keywords));
    }

    public String name() {
        return name;
    }

    /** The rules in the order in which they were given. */
    public List<Rule> rules() {
        return List.copyOf(rules.values());
    }

    /**
     * Reads one section: from its first keyword up to its last one, or to where another section begins, or to the end.
     * Annotations before it become part of the section.
     */
    public Section read(Lexer lexer) throws Untrusted {
        try {
            List<Item> annotations = readAnnotations(lexer);
            List<Item> items = readItems(lexer);
            Section section = new Section(name, lexer.source(), annotations, items);
            for (Rule rule : rules.values()) {
                check(rule, section);
            }
            return section;
        } catch (Untrusted malformed) {
            throw malformed.in(name);
        }
    }

    /** Fails if the lexer has anything left. */
    public void expectEnd(Lexer lexer) throws Untrusted {
        Item more = lexer.peek();
        if (more != null) {
            throw more.bad("follows the end of the document").in(name);
        }
    }

    private static List<Item> readAnnotations(Lexer lexer) throws Untrusted {
        List<Item> annotations = new ArrayList<>();
        Item item = lexer.peek();
        int start = lexer.position();
        while (item != null && item.isAnnotation()) {
            checkLength(item, start);
            annotations.add(lexer.next());
            item = lexer.peek();
        }
        return annotations;
    }

    private static void checkLength(Item item, int start) throws Untrusted {
        if (item.end() - start > LENGTH_MAX) {
            throw item.bad("ends more than " + LENGTH_MAX + " bytes after the beginning");
        }
    }

    private List<Item> readItems(Lexer lexer) throws Untrusted {
        List<Item> items = new ArrayList<>();
        Item item = lexer.peek();
        int start = lexer.position();
        if (first != null && (item == null || !item.is(first.keyword()))) {
            throw item == null ? new Untrusted("is empty") : item.bad("stands where " + first.keyword() + " must");
        }
        while (item != null && !startsAnother(item, items.isEmpty())) {
            checkLength(item, start);
            checkItem(item);
            items.add(lexer.next());
            if (last != null && item.is(last.keyword())) {
                return items;
            }
            item = lexer.peek();
        }
        if (last != null) {
            throw new Untrusted("ends without " + last.keyword());
        }
        return items;
    }

    private boolean startsAnother(Item item, boolean opening) {
        if (ends.contains(item.keyword()) || item.isAnnotation()) {
            return true;
        }
        return first != null && !opening && item.is(first.keyword());
    }

    private void checkItem(Item item) throws Untrusted {
        Rule rule = rules.get(item.keyword());
        if (rule == null) {
            return;
        }
        if (rule.leastArguments() > 0 || rule.mostArguments() < Integer.MAX_VALUE) {
            int count = item.count();
            if (count < rule.leastArguments()) {
                throw item.bad("has " + count + " arguments, needs " + rule.leastArguments());
            }
            if (count > rule.mostArguments()) {
                throw item.bad("has " + count + " arguments, may have " + rule.mostArguments());
            }
        }
        checkObject(rule, item);
    }

    private static void checkObject(Rule rule, Item item) throws Untrusted {
        String label = item.objectLabel();
        if (label == null) {
            if (rule.object() == ObjectRule.REQUIRED) {
                throw item.bad("needs an object");
            }
        } else if (rule.object() == ObjectRule.NONE) {
            throw item.bad("must not have an object");
        } else if (!rule.labels().contains(label)) {
            throw item.bad(
                    "its object is '" + label + "', not '" + rule.labels().getFirst() + "'");
        }
    }

    private static void check(Rule rule, Section section) throws Untrusted {
        int count = section.count(rule.keyword());
        if (count == 0 && rule.occurs().least > 0) {
            throw new Untrusted(rule.keyword() + ": missing");
        }
        if (count > rule.occurs().most) {
            throw section.all(rule.keyword()).get(rule.occurs().most).bad("occurs again");
        }
    }

    /** Exactly once. */
    public static Rule once(String keyword) {
        return new Rule(keyword, Occurs.ONCE, 0, Integer.MAX_VALUE, ObjectRule.NONE, List.of(), Position.ANYWHERE);
    }

    /** At most once. */
    public static Rule maybe(String keyword) {
        return new Rule(
                keyword, Occurs.AT_MOST_ONCE, 0, Integer.MAX_VALUE, ObjectRule.NONE, List.of(), Position.ANYWHERE);
    }

    /** Any number of times. */
    public static Rule any(String keyword) {
        return new Rule(keyword, Occurs.ANY, 0, Integer.MAX_VALUE, ObjectRule.NONE, List.of(), Position.ANYWHERE);
    }

    /** At least once. */
    public static Rule some(String keyword) {
        return new Rule(
                keyword, Occurs.AT_LEAST_ONCE, 0, Integer.MAX_VALUE, ObjectRule.NONE, List.of(), Position.ANYWHERE);
    }

    /** How often an item may occur. */
    public enum Occurs {
        ONCE(1, 1),
        AT_MOST_ONCE(0, 1),
        AT_LEAST_ONCE(1, Integer.MAX_VALUE),
        ANY(0, Integer.MAX_VALUE);

        private final int least;
        private final int most;

        Occurs(int least, int most) {
            this.least = least;
            this.most = most;
        }
    }

    /** Whether an item carries an object. */
    public enum ObjectRule {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    /** Where in its section an item stands. */
    public enum Position {
        FIRST,
        ANYWHERE,
        LAST
    }

    /** What is known of one keyword. The methods give the same rule with one thing changed. */
    public record Rule(
            String keyword,
            Occurs occurs,
            int leastArguments,
            int mostArguments,
            ObjectRule object,
            List<String> labels,
            Position position) {
        /** At least so many arguments; more are allowed, for versions to come. */
        public Rule arguments(int least) {
            return new Rule(keyword, occurs, least, mostArguments, object, labels, position);
        }

        /** Exactly so many arguments. */
        public Rule exactly(int count) {
            return new Rule(keyword, occurs, count, count, object, labels, position);
        }

        /** With an object of this label, or of one of these. */
        public Rule object(String... required) {
            return new Rule(
                    keyword, occurs, leastArguments, mostArguments, ObjectRule.REQUIRED, List.of(required), position);
        }

        /** Perhaps with an object of this label. */
        public Rule optionalObject(String allowed) {
            return new Rule(
                    keyword, occurs, leastArguments, mostArguments, ObjectRule.OPTIONAL, List.of(allowed), position);
        }

        /** Opens the section. */
        public Rule first() {
            return new Rule(keyword, occurs, leastArguments, mostArguments, object, labels, Position.FIRST);
        }

        /** Closes the section. */
        public Rule last() {
            return new Rule(keyword, occurs, leastArguments, mostArguments, object, labels, Position.LAST);
        }
    }
}
