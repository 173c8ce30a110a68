package io.allium.web;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The path of a request as the names of folders and a file: each decoded once, by itself, so that no name can become two, or
 * lead upwards. Immutable.
 *
 * @param names none of them empty, {@code .} or {@code ..}, none with a separator or a control character
 * @param folder whether a slash stood at the end
 */
record SitePath(List<String> names, boolean folder) {
    SitePath {
        names = List.copyOf(names);
    }

    /** The path of a request's target, whose query means nothing here; nothing where it can name no file. */
    static Optional<SitePath> parse(String target) {
        String path = withoutAuthority(target).split("[?#]", 2)[0];
        if (!path.startsWith("/")) {
            return Optional.empty();
        }
        if (path.equals("/")) {
            return Optional.of(new SitePath(List.of(), true));
        }
        boolean folder = path.endsWith("/");
        String inner = path.substring(1, path.length() - (folder ? 1 : 0));
        List<String> names = new ArrayList<>();
        for (String part : inner.split("/", -1)) {
            Optional<String> name = decode(part).filter(SitePath::isName);
            if (name.isEmpty()) {
                return Optional.empty();
            }
            names.add(name.get());
        }
        return Optional.of(new SitePath(names, folder));
    }

    /** The path as a link: the names encoded, so that they mean nothing else in a header or a page. */
    String link() {
        StringBuilder link = new StringBuilder();
        for (String name : names) {
            link.append('/').append(encode(name));
        }
        return link + (folder ? "/" : "");
    }

    /** One name in a link. */
    static String encode(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
            int b = each & 0xff;
            boolean plain = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9';
            if (plain || b == '-' || b == '.' || b == '_' || b == '~') {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 15));
            }
        }
        return encoded.toString();
    }

    /** A client may take us for a proxy and send the whole URL: RFC 9112, 3.2.2. */
    private static String withoutAuthority(String target) {
        if (!target.regionMatches(true, 0, "http://", 0, 7)) {
            return target;
        }
        int slash = target.indexOf('/', 7);
        return slash < 0 ? "/" : target.substring(slash);
    }

    /** Decodes what is percent-encoded UTF-8, once, and is nothing else. */
    private static Optional<String> decode(String part) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(part.length());
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c != '%') {
                bytes.write(c);
                continue;
            }
            int high = i + 1 < part.length() ? Character.digit(part.charAt(i + 1), 16) : -1;
            int low = i + 2 < part.length() ? Character.digit(part.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) {
                return Optional.empty();
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString());
        } catch (CharacterCodingException notText) {
            return Optional.empty();
        }
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
    }

    private static final String HEX = "0123456789ABCDEF";
}
