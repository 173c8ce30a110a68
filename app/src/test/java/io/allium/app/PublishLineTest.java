package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishLineTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "8080, 127.0.0.1:8080",
        "192.0.2.1:80, 192.0.2.1:80",
        "[::1]:8080, [::1]:8080",
        "unix:/run/web, unix:/run/web"
    })
    void aServerIsAPortOrAnAddressOrASocket(String word, String target) throws Exception {
        assertThat(parse("publish", word).server()).contains(target);
    }

    @Test
    void aFolderIsASite() throws Exception {
        PublishLine line = parse("publish", folder.toString());
        assertThat(line.server()).isEmpty();
        assertThat(line.port()).isEqualTo(80);
        Path number = Files.createDirectory(folder.resolve("8080"));
        assertThat(parse("publish", number.toString()).server()).isEmpty();
    }

    @Test
    void optionsMayStandAnywhere() throws Exception {
        PublishLine line = parse(
                "publish",
                "--name",
                "blog",
                "22",
                "--port",
                "2222",
                "--clients",
                "3",
                "--pow",
                "--network",
                "net",
                "--no-qr",
                "--allow-elsewhere");
        assertThat(line.name()).contains("blog");
        assertThat(line.port()).isEqualTo(2222);
        assertThat(line.clients()).isEqualTo(3);
        assertThat(line.proofOfWork()).isTrue();
        assertThat(line.network()).contains(Path.of("net"));
        assertThat(line.qrCode()).contains(false);
        assertThat(line.loadsFromElsewhere()).isTrue();
        assertThat(parse("share", "a", "--", "-b").what()).containsExactly("a", "-b");
        assertThat(parse("share", "a", "--downloads", "5").downloads()).isEqualTo(5);
        assertThat(parse("receive").what()).containsExactly("received");
        assertThat(parse("receive", "--max-size", "2GB").sizeMax()).isEqualTo(2_000_000_000L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unpublish 80",
                "publish",
                "publish 80 81",
                "publish 0",
                "publish 65536",
                "publish /no/such/folder",
                "publish localhost:80",
                "publish 192.0.2.1:0",
                "publish 80 --port 0",
                "publish 80 --port x",
                "publish 80 --port",
                "publish 80 --name ../up",
                "publish 80 --name .hidden",
                "publish 80 --name a/b",
                "publish 80 --clients 0",
                "publish 80 --clients 301",
                "publish 80 --network a --torrc b",
                "publish 80 --downloads 1",
                "publish 80 --unheard-of",
                "share",
                "share a --port 80",
                "share a --downloads 0",
                "receive a b",
                "receive --max-size much",
                "receive --max-size 0"
            })
    void whatCannotBeIsRefused(String words) {
        assertThatThrownBy(() -> parse(words.isEmpty() ? new String[0] : words.split(" ")))
                .isInstanceOf(LocalFailure.class);
    }

    @Test
    void theHelpTellsOfEveryOption() {
        Stream.of(
                        "--port",
                        "--allow-elsewhere",
                        "--downloads",
                        "--max-size",
                        "--name",
                        "--clients",
                        "--pow",
                        "--torrc",
                        "--network",
                        "--qr",
                        "--no-qr")
                .forEach(option -> assertThat(PublishLine.HELP).contains(option));
    }

    private static PublishLine parse(String... words) throws LocalFailure {
        return PublishLine.parse(List.of(words));
    }
}
