package io.allium.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.testing.ManualTime;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms as bytes. In the texts {@code \n} stands for CR LF. */
class MultipartTest {
    @Test
    void partsComeOneAfterTheOtherHoweverTheyAreCut() throws Exception {
        String form = "a preamble\n--XX\nContent-Disposition: form-data; name=\"t\"\n\ntext\n--XX\n"
                + "Content-Disposition: form-data; name=\"f\"; filename=\"a.bin\"\nContent-Type: x/y\n\n"
                + "\n--X\n--XY\n\n--XX\n\n\n--XX\n\nno head\n--XX--\nan epilogue";
        for (int atATime = 1; atATime < 40; atATime++) {
            assertThat(parts(form, atATime)).containsExactly("-:text", "a.bin:\n--X\n--XY\n", "-:", "-:no head");
        }
    }

    @Test
    void whateverIsInAFileComesOut() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            StringBuilder content = new StringBuilder();
            int length = random.nextInt(random.nextInt(10) == 0 ? 200_000 : 300);
            while (content.length() < length) {
                content.append("\r\n--X".charAt(random.nextInt(5)));
            }
            String file = content.toString().replace("\r\n--XX", "\r\n--X-");
            String form = "--XX\r\nContent-Disposition: a; filename=f\r\n\r\n" + file + "\r\n--XX--";
            List<String> parts = raw(form, 1 + random.nextInt(5000));
            assertThat(parts).as("seed " + seed).containsExactly("f:" + file);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nothing",
                "--XX",
                "--XX\n",
                "--XX\nA: b\n\ncut",
                "--XX\nA: b\n\ncut\n--X",
                "--XX\nA: b\n\ncut\n--XX",
                "--XX\nA: b\n\ncut\n--XXY\n",
                "--XXA: b\n\n",
                "--XX\nno colon\n\na\n--XX--",
                "--XX\nA: b\n folded\n\na\n--XX--"
            })
    void aFormThatIsCutOffOrWrongIsNotTakenForWhole(String form) {
        assertThatThrownBy(() -> parts(form, 5)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aPartsHeadHasABound() {
        assertThatThrownBy(() -> parts("--XX\nA: " + "b".repeat(9000) + "\n\na\n--XX--", 500))
                .hasMessageContaining("8192");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "multipart/form-data; boundary=abc|abc",
                "Multipart/Form-Data;charset=utf-8;Boundary=\"a b\"|a b",
                "multipart/form-data; boundary=----WebKitFormBoundaryX; x=y|----WebKitFormBoundaryX",
                "multipart/form-data|",
                "multipart/form-data; boundary=|",
                "multipart/form-data; boundary=\"\u00e4\"|",
                "multipart/mixed; boundary=abc|",
                "application/x-www-form-urlencoded|"
            })
    void theBoundaryIsFound(String type, String boundary) {
        assertThat(Multipart.boundary(type)).isEqualTo(Optional.ofNullable(boundary));
        assertThat(Multipart.boundary("multipart/form-data; boundary=" + "a".repeat(71)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "form-data; name=\"f\"; filename=\"a.txt\"|a.txt",
                "form-data; filename=\"a;b=c.txt\"; name=x|a;b=c.txt",
                "form-data; filename=\"a\\\"b\\\\c\"|a\"b\\c",
                "form-data; filename=\"C:\\dir\\a.txt\"|C:\\dir\\a.txt",
                "form-data; name=\"filename=x\"; filename=y|y",
                "form-data; name=\"f\"; filename=\"not closed|not closed",
                "form-data; name=\"f\"|",
                "form-data; filename|''",
                "form-data; xfilename=\"a\"|",
                "form-data;;; =; filename=\"a\"|a"
            })
    void theNameOfAFileIsFound(String disposition, String name) throws Exception {
        Headers part = Headers.parse(List.of("Content-Disposition: " + disposition));
        assertThat(Multipart.fileName(part)).isEqualTo(Optional.ofNullable(name));
    }

    @Test
    void namesAreInUtf8() throws Exception {
        String name = new String("ä€.txt".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertThat(Multipart.fileName(
                        Headers.parse(List.of("content-disposition: form-data; filename=\"" + name + "\""))))
                .contains("ä€.txt");
    }

    private static List<String> parts(String form, int atATime) throws Exception {
        return raw(form.replace("\n", "\r\n"), atATime).stream()
                .map(part -> part.replace("\r\n", "\n"))
                .toList();
    }

    private static List<String> raw(String form, int atATime) throws Exception {
        ScriptedWire wire = new ScriptedWire(form, atATime);
        HttpRequest request = new HttpRequest("POST", "/", 1, Headers.NONE, form.length());
        RequestReader reader = new RequestReader(wire, new Patience(new ManualTime(), wire));
        Multipart multipart = new Multipart(new RequestBody(request, reader, () -> {}), "XX");
        List<String> parts = new ArrayList<>();
        byte[] buffer = new byte[65_536];
        for (Optional<Headers> head = multipart.next(); head.isPresent(); head = multipart.next()) {
            ByteArrayOutputStream part = new ByteArrayOutputStream();
            for (int count = multipart.read(buffer, 0, buffer.length);
                    count >= 0;
                    count = multipart.read(buffer, 0, buffer.length)) {
                part.write(buffer, 0, count);
            }
            parts.add(Multipart.fileName(head.get()).orElse("-") + ":" + part.toString(StandardCharsets.ISO_8859_1));
        }
        return parts;
    }
}
