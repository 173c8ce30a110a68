package io.allium.web;

/** How a response says under which name it is to be saved: RFC 6266. */
final class Attachment {
    private Attachment() {}

    /** The value of Content-Disposition: for old browsers in ASCII, for others in full. Neither can end the header. */
    static String named(String name) {
        StringBuilder plain = new StringBuilder();
        name.codePoints().forEach(c -> {
            boolean safe = c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '%';
            plain.append(safe ? (char) c : '_');
        });
        return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + SitePath.encode(name);
    }
}
