package io.allium.web;

/** Pages of ours: they need no script and nothing from anywhere. */
final class Html {
    private Html() {}

    static String page(String title, String body) {
        return """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>%s</title></head>
                <body>
                %s</body></html>
                """.formatted(escape(title), body);
    }

    /** Text as it stands in a page, also within an attribute's quotes. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(Character.isISOControl(c) ? 0xfffd : c);
            }
        });
        return escaped.toString();
    }
}
