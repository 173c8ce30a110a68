package io.allium.web;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** The page of a folder that has no page of its own. */
final class Listing {
    /** A page of more is of no use to anybody. */
    static final int ENTRIES_MAX = 5000;

    private Listing() {}

    private record Entry(String name, boolean folder, long size) {}

    /** Shows what can be had: folders first. */
    static Response of(SitePath path, Path folder, Site site) throws IOException {
        List<Entry> entries = new ArrayList<>();
        boolean more = false;
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(folder)) {
            for (Path each : inside) {
                if (entries.size() == ENTRIES_MAX) {
                    more = true;
                    break;
                }
                if (site.shows(each)) {
                    boolean isFolder = Files.isDirectory(each);
                    String name = Objects.requireNonNull(each.getFileName()).toString();
                    entries.add(new Entry(name, isFolder, isFolder ? 0 : Files.size(each)));
                }
            }
        }
        entries.sort(Comparator.comparing((Entry entry) -> !entry.folder).thenComparing(Entry::name));
        return Response.page(200, html(path, entries, more));
    }

    private static String html(SitePath path, List<Entry> entries, boolean more) {
        String title = "/" + String.join("/", path.names());
        StringBuilder body = new StringBuilder("<h1>" + Html.escape(title) + "</h1>\n<ul>\n");
        if (!path.names().isEmpty()) {
            body.append("<li><a href=\"../\">..</a></li>\n");
        }
        for (Entry entry : entries) {
            String slash = entry.folder ? "/" : "";
            body.append("<li><a href=\"./")
                    .append(SitePath.encode(entry.name))
                    .append(slash)
                    .append("\">")
                    .append(Html.escape(entry.name))
                    .append(slash)
                    .append("</a>")
                    .append(entry.folder ? "" : " " + Sizes.text(entry.size))
                    .append("</li>\n");
        }
        return Html.page(title, body + "</ul>\n" + (more ? "<p>And more.</p>\n" : ""));
    }
}
