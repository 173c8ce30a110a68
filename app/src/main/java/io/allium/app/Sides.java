package io.allium.app;

import java.util.List;

/** Who says yes and who says no, in words. Immutable. */
record Sides(List<String> yes, List<String> no) {
    Sides {
        yes = List.copyOf(yes);
        no = List.copyOf(no);
    }

    boolean isDivided() {
        return !yes.isEmpty() && !no.isEmpty();
    }

    /**
     * Such as {@code auth2 does not list relay3; auth0 and auth1 do}: those first of whom there are fewer.
     *
     * @param verb in the plural, one that takes an s in the singular
     */
    String sentence(String verb, String object) {
        return yes.size() <= no.size()
                ? names(yes) + verb(" " + verb, yes) + " " + object + "; " + names(no)
                        + (one(no) ? " doesn't" : " don't")
                : names(no) + (one(no) ? " does not " : " do not ") + verb + " " + object + "; " + names(yes)
                        + (one(yes) ? " does" : " do");
    }

    /** Such as {@code auth0, auth1 and auth2}. */
    static String names(List<String> names) {
        return names.size() < 2
                ? String.join("", names)
                : String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.getLast();
    }

    /** The verb as it stands after so many names. */
    static String verb(String plural, List<String> names) {
        return one(names) ? plural + "s" : plural;
    }

    private static boolean one(List<String> names) {
        return names.size() == 1;
    }
}
