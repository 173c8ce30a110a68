package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import io.allium.cell.LinkSpecifier;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnionDescriptorBodyTest {
    @Test
    void theBodyIsWrittenInTheOrderOfCTor() throws Untrusted {
        assertThat(text(OnionKeys.body(1)).replaceAll("[A-Za-z0-9+/]{30,}=*", "base64"))
                .startsWith("""
                        create2-formats 2
                        intro-auth-required ed25519
                        single-onion-service
                        flow-control 1-2 31
                        pow-params v1 base64 4000000000 2026-11-20T13:14:21
                        introduction-point base64
                        onion-key ntor base64
                        auth-key
                        -----BEGIN ED25519 CERT-----
                        """);
        OnionDescriptorBody bare =
                new OnionDescriptorBody(List.of(), false, Optional.empty(), Optional.empty(), List.of());
        assertThat(text(bare)).isEqualTo("create2-formats 2\n");
        assertThat(parse(text(bare))).isEqualTo(bare);
    }

    @Test
    void unknownLinesAndKeysAreForLater() throws Untrusted {
        OnionDescriptorBody body = OnionKeys.body(2);
        String text = text(body)
                .replace("create2-formats 2\n", "create2-formats 9 2 3 65535\nfrom-the-future a b c\n")
                .replace("pow-params v1", "pow-params v2 whatever\npow-params v1")
                .replace("onion-key ntor", "onion-key ntor-of-2030 AAAA\nonion-key ntor")
                .replace("enc-key ntor", "enc-key kyber 17 18\nfrom-the-future\nenc-key ntor");
        assertThat(parse(text)).isEqualTo(body);
    }

    @Test
    void twentyIntroductionPointsAreReadAnd21Refused() throws Untrusted {
        OnionDescriptorBody most = OnionKeys.body(20);
        assertThat(parse(text(most)).introductionPoints()).hasSize(20);

        DocumentWriter one = new DocumentWriter();
        OnionKeys.point(20).write(one);
        assertThatThrownBy(() -> parse(text(most) + one.text()))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("21 introduction points, of at most 20");
        List<IntroductionPoint> points = new ArrayList<>(most.introductionPoints());
        points.add(OnionKeys.point(20));
        assertThatThrownBy(() -> new OnionDescriptorBody(List.of(), false, Optional.empty(), Optional.empty(), points))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** One that we cannot use costs the others nothing, and does not count. */
    @Test
    void badIntroductionPointsAreLeftOut() throws Untrusted {
        Ed25519KeyPair stranger = Ed25519KeyPair.generate(OnionKeys.entropy(50));
        List<IntroductionPoint> bad = List.of(
                OnionKeys.point(21, stranger, OnionKeys.EXPIRES),
                OnionKeys.point(22, OnionKeys.SIGNING, OnionKeys.NOW.minusSeconds(3600)),
                swapped(OnionKeys.point(23)),
                withAuthKey(OnionKeys.point(24), Ed25519Identity.of(new byte[32])),
                unnamed(OnionKeys.point(25)));
        OnionDescriptorBody good = OnionKeys.body(20);
        DocumentWriter out = new DocumentWriter().raw("create2-formats 2\n");
        for (int i = 0; i < 20; i++) {
            good.introductionPoints().get(i).write(out);
            bad.get(i % bad.size()).write(out);
        }
        assertThat(parse(out.text()).introductionPoints()).isEqualTo(good.introductionPoints());
    }

    private static IntroductionPoint swapped(IntroductionPoint point) {
        return new IntroductionPoint(
                point.specifiers(),
                point.onionKey(),
                point.encryptionKeyCertificate(),
                point.encryptionKey(),
                point.authKeyCertificate());
    }

    private static IntroductionPoint withAuthKey(IntroductionPoint point, Ed25519Identity key) {
        return new IntroductionPoint(
                point.specifiers(),
                point.onionKey(),
                Ed25519Certificate.sign(
                        Ed25519Certificate.DESCRIPTOR_SIGNING_SIGNS_INTRO_AUTH,
                        key,
                        OnionKeys.EXPIRES,
                        OnionKeys.SIGNING,
                        true),
                point.encryptionKey(),
                point.encryptionKeyCertificate());
    }

    private static IntroductionPoint unnamed(IntroductionPoint point) {
        return new IntroductionPoint(
                point.specifiers(),
                point.onionKey(),
                Ed25519Certificate.sign(
                        Ed25519Certificate.DESCRIPTOR_SIGNING_SIGNS_INTRO_AUTH,
                        point.authKey(),
                        OnionKeys.EXPIRES,
                        OnionKeys.SIGNING,
                        false),
                point.encryptionKey(),
                point.encryptionKeyCertificate());
    }

    /** One that did not fit into EXTEND2 could be made by nobody but the service; still no client may stumble over it. */
    @Test
    void linkSpecifiersThatDoNotFitACellAreRefused() throws Untrusted {
        List<LinkSpecifier> most = List.of(new LinkSpecifier.Unknown(77, new byte[255]), unknown(40));
        List<LinkSpecifier> tooMany = List.of(new LinkSpecifier.Unknown(77, new byte[255]), unknown(41));
        assertThat(withSpecifiers(most)).hasSize(1);
        assertThat(withSpecifiers(tooMany)).isEmpty();
    }

    private static LinkSpecifier unknown(int length) {
        return new LinkSpecifier.Unknown(78, new byte[length]);
    }

    private static List<IntroductionPoint> withSpecifiers(List<LinkSpecifier> specifiers) throws Untrusted {
        IntroductionPoint point = OnionKeys.point(1);
        DocumentWriter out = new DocumentWriter().raw("create2-formats 2\n");
        new IntroductionPoint(
                        specifiers,
                        point.onionKey(),
                        point.authKeyCertificate(),
                        point.encryptionKey(),
                        point.encryptionKeyCertificate())
                .write(out);
        return parse(out.text()).introductionPoints();
    }

    @ParameterizedTest
    @CsvSource({ // | is a newline
        "onion-key ntor, onion-key other",
        "onion-key ntor, unknown",
        "enc-key ntor, enc-key other",
        "enc-key ntor .*, enc-key ntor AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "onion-key ntor .*, onion-key ntor AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "onion-key ntor .*, onion-key ntor AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "onion-key ntor .*, onion-key ntor AQAA",
        "onion-key ntor (.*), onion-key ntor $1|onion-key ntor $1",
        "enc-key ntor (.*), enc-key ntor $1|enc-key ntor $1",
        "auth-key, other-key",
        "enc-key-cert, other-key-cert",
        "introduction-point .*, introduction-point !!!!",
        "introduction-point .*, introduction-point AwAGfw==",
        "introduction-point .*, introduction-point AAAA",
        "introduction-point .*, introduction-point",
        "BEGIN ED25519 CERT, BEGIN CROSSCERT"
    })
    void aMalformedIntroductionPointIsLeftOut(String part, String instead) throws Untrusted {
        DocumentWriter first = new DocumentWriter();
        OnionKeys.point(1).write(first);
        String malformed = first.text().replaceFirst(part, instead.replace('|', '\n'));
        assertThat(malformed).isNotEqualTo(first.text());
        DocumentWriter second = new DocumentWriter();
        OnionKeys.point(2).write(second);

        assertThat(parse("create2-formats 2\n" + malformed + second.text()).introductionPoints())
                .containsExactly(OnionKeys.point(2));
    }

    @ParameterizedTest
    @CsvSource({ // | is a newline
        "create2-formats 2, create2-formats 3 4, 'does not have 2, ntor'",
        "create2-formats 2, create2-formats, needs 1",
        "create2-formats 2, unknown, stands where create2-formats must",
        "create2-formats 2, create2-formats 2|create2-formats 2, stands where introduction points must",
        "flow-control 1-2 31, flow-control 1-2 0, is not between 1 and 255",
        "flow-control 1-2 31, flow-control 1-2 256, is not between 1 and 255",
        "flow-control 1-2 31, flow-control x 31, FlowCtrl",
        "flow-control 1-2 31, flow-control 31, needs 2",
        "flow-control 1-2 31, 'flow-control 1-2 31|flow-control 1-2 31', occurs again",
        " 4000000000 , ' 4294967296 ', is not between",
        " 4000000000 , ' -1 ', is not between",
        "T13:14:21, T13:14, is not a time",
        "T13:14:21, ' 13:14:21', is not a time",
        "pow-params v1 , pow-params v1 AAAA, is not 32 bytes",
        "pow-params v1 , 'pow-params v1|pow-params v1 ', has 1 arguments",
        "single-onion-service, 'single-onion-service|single-onion-service', occurs again"
    })
    void aMalformedBodyIsRefused(String part, String instead, String why) throws Untrusted {
        String text = text(OnionKeys.body(1)).replace(part, instead.replace('|', '\n'));
        assertThat(text).isNotEqualTo(text(OnionKeys.body(1)));
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("onion service descriptor's inner layer")
                .hasMessageContaining(why);
    }

    @Test
    void twoProofsOfWorkOfOneKindAreRefused() throws Untrusted {
        String text = text(OnionKeys.body(0));
        String line = text.substring(text.indexOf("pow-params"));
        assertThatThrownBy(() -> parse(text + line))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("pow-params: occurs again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "1-2", "2-5", "1,2"})
    void congestionControlIsVersion2OfFlowControl(String versions) {
        assertThat(new OnionFlowControl(versions, 31).hasCongestionControl()).isEqualTo(!versions.equals("1"));
    }

    @Test
    void theCertificatesMustHoldNow() throws Untrusted {
        String inner = Samples.text("hs-descriptor-v3-inner");
        Ed25519Identity signing = OnionDescriptorLayersTest.sample().signingKey();
        Instant end = Instant.parse("2026-11-22T17:00:00Z");
        assertThat(parse(inner, signing, end.minusSeconds(1)).introductionPoints())
                .hasSize(3);
        assertThat(parse(inner, signing, end).introductionPoints()).isEmpty();
    }

    private static String text(OnionDescriptorBody body) {
        return new String(body.encode(), StandardCharsets.UTF_8);
    }

    private static OnionDescriptorBody parse(String text) throws Untrusted {
        return parse(text, OnionKeys.SIGNING.publicKey(), OnionKeys.NOW);
    }

    private static OnionDescriptorBody parse(String text, Ed25519Identity signing, Instant now) throws Untrusted {
        return OnionDescriptorBody.parse(text.getBytes(StandardCharsets.UTF_8), signing, now);
    }
}
