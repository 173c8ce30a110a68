package io.allium.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import io.allium.web.Visitor.Answer;
import io.allium.web.Visitor.Host;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder as visitors of all kinds see it. */
class SiteTest {
    @TempDir
    Path outside;

    private Path folder;
    private Host host;

    @BeforeEach
    void open() throws Exception {
        folder = Files.createDirectory(outside.resolve("site"));
        Files.writeString(outside.resolve("secret"), "secret");
        Files.writeString(folder.resolve("a.txt"), "0123456789");
        Files.setLastModifiedTime(folder.resolve("a.txt"), FileTime.from(Instant.parse("2026-11-20T12:00:00.5Z")));
        Files.createDirectories(folder.resolve("sub/deeper"));
        Files.writeString(folder.resolve("sub/index.html"), "<p>index");
        Files.writeString(folder.resolve("sub/deeper/x <b>'\"&.html"), "x");
        Files.createDirectory(folder.resolve(".git"));
        Files.writeString(folder.resolve(".git/config"), "hidden");
        Files.createDirectory(folder.resolve(".well-known"));
        Files.writeString(folder.resolve(".well-known/known"), "known");
        host = new Host(new Site(folder, false));
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void filesComeWithTheirTypeAndNothingFromElsewhere() throws Exception {
        Answer answer = host.get("/a.txt?v=1");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("0123456789");
        assertThat(answer.headers())
                .containsEntry("content-type", "text/plain; charset=utf-8")
                .containsEntry("last-modified", "Fri, 20 Nov 2026 12:00:00 GMT")
                .containsEntry("accept-ranges", "bytes")
                .hasEntrySatisfying(
                        "content-security-policy", policy -> assertThat(policy).startsWith("default-src 'self'"));
        Answer head = host.ask("HEAD /a.txt HTTP/1.1\nHost: x\n\n");
        assertThat(head.headers()).isEqualTo(answer.headers());
    }

    @Test
    void aFolderShowsItsPageOrWhatIsInIt() throws Exception {
        assertThat(host.get("/sub/").text()).isEqualTo("<p>index");
        Answer moved = host.get("/sub");
        assertThat(moved.status()).isEqualTo(301);
        assertThat(moved.headers()).containsEntry("location", "/sub/");
        Answer listing = host.get("/");
        assertThat(listing.text()).containsSubsequence("./.well-known/\"", "./sub/\"", "./a.txt\">a.txt</a> 10 bytes");
        assertThat(listing.text()).doesNotContain(".git", "secret", "href=\"../\"");
        assertThat(listing.headers())
                .hasEntrySatisfying(
                        "content-security-policy", policy -> assertThat(policy).startsWith("default-src 'none'"));
    }

    @Test
    void aNameIsNothingButANameInAListing() throws Exception {
        assertThat(host.get("/sub/deeper/").text())
                .contains(
                        "<a href=\"./x%20%3Cb%3E%27%22%26.html\">x &lt;b&gt;&#39;&quot;&amp;.html</a>", "href=\"../\"");
        assertThat(host.get("/sub/deeper/x%20%3Cb%3E%27%22%26.html").status()).isEqualTo(200);
        assertThat(host.get("/sub/deeper").headers()).containsEntry("location", "/sub/deeper/");
        Path odd = Files.createDirectory(folder.resolve("a\r\nSet-Cookie: b"));
        Files.writeString(odd.resolve("javascript:alert(1)"), "x");
        assertThat(host.get("/a%0d%0aSet-Cookie:%20b").status()).isEqualTo(404);
        assertThat(host.get("/").headers()).doesNotContainKey("set-cookie");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../secret",
                "/%2e%2e/secret",
                "/%2e%2e%2fsecret",
                "/..%2fsecret",
                "/sub/../../secret",
                "/sub/..%2f..%2fsecret",
                "/..%5csecret",
                "/%c0%ae%c0%ae/secret",
                "/%252e%252e/secret",
                "//secret",
                "/.git/config",
                "/.git/",
                "/%2egit/config",
                "/a.txt/",
                "/a.txt/..",
                "/a.txt%00",
                "/missing",
                "/sub/missing/"
            })
    void nothingElseIsThere(String target) throws Exception {
        Answer answer = host.get(target);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text()).doesNotContain("secret");
    }

    @Test
    void absolutePathsOfTheMachineLeadNowhere() throws Exception {
        assertThat(host.get(outside.resolve("secret").toString()).status()).isEqualTo(404);
        assertThat(host.get("http://x.onion" + outside.resolve("secret")).status())
                .isEqualTo(404);
        assertThat(host.get("http://x.onion/a.txt").status()).isEqualTo(200);
        assertThat(host.get("file:///etc/passwd").status()).isEqualTo(404);
    }

    @Test
    void linksLeadOnlyToWhatIsShownAnyway() throws Exception {
        Files.createSymbolicLink(folder.resolve("out"), outside.resolve("secret"));
        Files.createSymbolicLink(folder.resolve("up"), outside);
        Files.createSymbolicLink(folder.resolve("root"), Path.of("/"));
        Files.createSymbolicLink(folder.resolve("hidden"), folder.resolve(".git"));
        Files.createSymbolicLink(folder.resolve("round"), folder.resolve("round"));
        Files.createSymbolicLink(folder.resolve("in"), folder.resolve("a.txt"));
        Files.createSymbolicLink(folder.resolve("same"), folder.resolve("sub"));
        for (String target :
                new String[] {"/out", "/up/", "/up/secret", "/root/etc/passwd", "/hidden/config", "/round"}) {
            assertThat(host.get(target).status()).as(target).isEqualTo(404);
        }
        assertThat(host.get("/in").text()).isEqualTo("0123456789");
        assertThat(host.get("/same/").text()).isEqualTo("<p>index");
        assertThat(host.get("/").text())
                .contains("./in\"")
                .doesNotContain("./out", "./up", "./root", "./hidden", "./round");
        Files.delete(folder.resolve("root"));
        Path index = Files.createDirectory(folder.resolve("linked")).resolve("index.html");
        Files.createSymbolicLink(index, outside.resolve("secret"));
        assertThat(host.get("/linked/").text()).doesNotContain("secret").contains("<ul>");
    }

    @Test
    void aPipeIsNoFile() throws Exception {
        Process made = new ProcessBuilder("mkfifo", folder.resolve("pipe").toString()).start();
        assertThat(made.waitFor()).isZero();
        assertThat(host.get("/pipe").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-3|206|0123|bytes 0-3/10",
                "bytes=4-|206|456789|bytes 4-9/10",
                "bytes=-3|206|789|bytes 7-9/10",
                "bytes=-30|206|0123456789|bytes 0-9/10",
                "bytes=8-99999999999999999|206|89|bytes 8-9/10",
                "bytes=10-|416|''|bytes */10",
                "bytes=-0|416|''|bytes */10",
                "bytes=3-2|200|0123456789|",
                "bytes=0-1,3-4|200|0123456789|",
                "bytes=-|200|0123456789|",
                "lines=0-1|200|0123456789|",
                "bytes=99999999999999999999-|200|0123456789|"
            })
    void partsCanBeHad(String range, int status, String text, String contentRange) throws Exception {
        Answer answer = host.get("/a.txt", "Range: " + range);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEqualTo(text);
        assertThat(answer.headers().get("content-range")).isEqualTo(contentRange);
    }

    @Test
    void whoHasItDoesNotGetItAgain() throws Exception {
        String tag = host.get("/a.txt").headers().get("etag");
        assertThat(tag).matches("\"[\\w-]{22}\"");
        Answer known = host.get("/a.txt", "If-None-Match: \"x\", W/" + tag);
        assertThat(known.status()).isEqualTo(304);
        assertThat(known.headers()).containsEntry("etag", tag).doesNotContainKey("content-length");
        assertThat(host.get("/a.txt", "If-None-Match: *").status()).isEqualTo(304);
        assertThat(host.get("/a.txt", "If-None-Match: \"x\"").status()).isEqualTo(200);
        String at = "Fri, 20 Nov 2026 12:00:00 GMT";
        assertThat(host.get("/a.txt", "If-Modified-Since: " + at).status()).isEqualTo(304);
        assertThat(host.get("/a.txt", "If-Modified-Since: Fri, 20 Nov 2026 11:59:59 GMT")
                        .status())
                .isEqualTo(200);
        assertThat(host.get("/a.txt", "If-Modified-Since: yesterday").status()).isEqualTo(200);
        assertThat(host.get("/a.txt", "If-Modified-Since: " + at, "If-None-Match: \"x\"")
                        .status())
                .isEqualTo(200);
        assertThat(host.get("/a.txt", "If-Match: \"x\"").status()).isEqualTo(412);
        assertThat(host.get("/a.txt", "If-Match: W/" + tag).status()).isEqualTo(412);
        assertThat(host.get("/a.txt", "If-Match: " + tag).status()).isEqualTo(200);
        assertThat(host.get("/a.txt", "If-Unmodified-Since: Fri, 20 Nov 2026 11:59:59 GMT")
                        .status())
                .isEqualTo(412);
        assertThat(host.get("/a.txt", "Range: bytes=5-", "If-Range: " + tag).text())
                .isEqualTo("56789");
        assertThat(host.get("/a.txt", "Range: bytes=5-", "If-Range: " + at).text())
                .isEqualTo("56789");
        assertThat(host.get("/a.txt", "Range: bytes=5-", "If-Range: \"x\"").text())
                .isEqualTo("0123456789");
        Files.writeString(folder.resolve("a.txt"), "changed");
        assertThat(host.get("/a.txt", "If-None-Match: " + tag).text()).isEqualTo("changed");
    }

    @Test
    void itIsThereToBeReadOnly() throws Exception {
        for (String method : new String[] {"PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"}) {
            Answer answer = host.ask(method + " /a.txt HTTP/1.1\nHost: x\n\n");
            assertThat(answer.status()).as(method).isEqualTo(405);
            assertThat(answer.headers()).containsEntry("allow", "GET, HEAD");
        }
        assertThat(folder.resolve("a.txt")).hasContent("0123456789");
    }

    @Test
    void aLargeFolderIsShownToItsBound() throws Exception {
        Path many = Files.createDirectory(folder.resolve("many"));
        for (int i = 0; i <= Listing.ENTRIES_MAX; i++) {
            Files.createFile(many.resolve("" + i));
        }
        String listing = host.get("/many/").text();
        assertThat(listing).contains("<p>And more.</p>");
        assertThat(listing.split("<li>")).hasSize(Listing.ENTRIES_MAX + 2); // and the way up
    }

    @Test
    void pagesMayLoadFromElsewhereWhereThatIsWanted() throws Exception {
        try (Host other = new Host(new Site(folder, true))) {
            assertThat(other.get("/a.txt").headers()).doesNotContainKey("content-security-policy");
        }
    }

    @Test
    void whatIsNoFolderIsNoSite() {
        assertThatThrownBy(() -> new Site(folder.resolve("missing"), false)).isInstanceOf(LocalFailure.class);
        assertThatThrownBy(() -> new Site(folder.resolve("a.txt"), false)).isInstanceOf(LocalFailure.class);
    }
}
