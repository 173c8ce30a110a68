package io.allium.app;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The page of the documentation that lists all options and what they do here: {@code allium options}. Pure functions. */
final class OptionsPage {
    private static final String HEAD = """
            # Options

            Every option of C tor 0.4.9's torrc, and what it does here. `bin/allium options` prints this page from the program's own
            list, and a test fails when the two differ.

            * **works**: it has its full meaning.
            * **not yet**: it is accepted, a warning names it at the start, and it has no effect.
            * **no meaning**: the same, for ever: it is about something that a JVM has not.
            * **refused**: going on as if it were not there could hurt whoever set it, so Tor does not start, and a controller hears 513.

            A changed option takes effect **at once** when the configuration is read again or a controller sets it; **anew** where a
            client begins its connections anew for it, while a relay that runs would drop those of others; **at the next start**; or
            **never** while the process runs. What waits for the next start is warned of when the configuration is read again, and a
            controller that sets it hears 553; an attempt at what never changes leaves all as it was.

            """;

    private OptionsPage() {}

    /** Prints the page. */
    public static void main(String[] arguments) {
        System.out.print(text());
    }

    static String text() {
        StringBuilder page = new StringBuilder(HEAD);
        Map<Option.Effect, Integer> counts = new EnumMap<>(Option.Effect.class);
        OptionTable.ofCTor().forEach(option -> counts.merge(option.effect(), 1, Integer::sum));
        page.append("Of ").append(OptionTable.ofCTor().size()).append(" options ");
        page.append(counts.entrySet().stream()
                .map(count -> count.getValue() + " " + inWords(count.getKey()))
                .collect(Collectors.joining(", ")));
        page.append(".\n");
        groups().forEach((title, options) -> group(page, title, options));
        return page.toString();
    }

    private static Map<String, List<Option>> groups() {
        Map<String, List<Option>> groups = new LinkedHashMap<>();
        groups.put("Process, files, log, control port", GeneralOptionList.LIST);
        groups.put("Clients and onion services", ClientOptionList.LIST);
        groups.put("Relays and exits", RelayOptionList.LIST);
        groups.put("Directory authorities", AuthorityOptionList.LIST);
        groups.put("Private networks", TestingOptionList.LIST);
        groups.put("Allium alone", OwnOptionList.LIST);
        return groups;
    }

    private static void group(StringBuilder page, String title, List<Option> options) {
        page.append("\n## ").append(title);
        page.append("\n\n| option | default | here | a change takes effect | |\n|---|---|---|---|---|\n");
        options.forEach(option -> page.append("| `")
                .append(option.name())
                .append("` | ")
                .append(defaults(option))
                .append(" | ")
                .append(inWords(option.effect()))
                .append(" | ")
                .append(option.effect() == Option.Effect.WORKS ? inWords(option.change()) : "")
                .append(" | ")
                .append(option.doc().replace("|", "\\|"))
                .append(" |\n"));
    }

    private static String defaults(Option option) {
        String usual = option.defaultText();
        String text = usual == null || usual.isEmpty() ? "" : "`" + usual + "`";
        return option.testingText() == null ? text : text + ", testing `" + option.testingText() + "`";
    }

    private static String inWords(Option.Effect effect) {
        return switch (effect) {
            case WORKS -> "works";
            case NOT_YET -> "not yet";
            case MEANINGLESS -> "no meaning";
            case REFUSED -> "refused";
        };
    }

    private static String inWords(Option.Change change) {
        return switch (change) {
            case LIVE -> "at once";
            case RESTART -> "anew";
            case START -> "at the next start";
            case FIXED -> "never";
        };
    }
}
