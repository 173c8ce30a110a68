package io.allium.netdoc;

/**
 * Names that relays give themselves.
 *
 * @spec dir-spec 2.1.3
 */
public final class Nicknames {
    /** In characters. */
    public static final int MAX_LENGTH = 19;

    private Nicknames() {}

    /** Whether the text is 1 to 19 letters and digits. */
    public static boolean isNickname(String text) {
        return !text.isEmpty() && text.length() <= MAX_LENGTH && text.chars().allMatch(Nicknames::isLetterOrDigit);
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
