package io.allium.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.allium.base.Untrusted;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusDiff;
import io.allium.netdoc.DetachedSignatures;
import io.allium.netdoc.DocumentList;
import io.allium.netdoc.ExtraInfo;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.OnionDescriptor;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Vote;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** Every document of the directory, as anybody may upload it or serve it. */
class DocumentFuzzTest {
    private static final Consensus BASE = base();

    private interface Parser {
        Object parse(byte[] input) throws Untrusted;
    }

    @FuzzTest
    void routerDescriptor(byte[] input) {
        refusesInWords(RouterDescriptor::parse, input);
        checkAll(RouterDescriptor.parseAll(input));
    }

    @FuzzTest
    void extraInfo(byte[] input) {
        refusesInWords(ExtraInfo::parse, input);
        checkAll(ExtraInfo.parseAll(input));
    }

    @FuzzTest
    void microdescriptor(byte[] input) {
        refusesInWords(Microdescriptor::parse, input);
        checkAll(Microdescriptor.parseAll(input));
    }

    @FuzzTest
    void keyCertificate(byte[] input) {
        refusesInWords(KeyCertificate::parse, input);
        checkAll(KeyCertificate.parseAll(input));
    }

    @FuzzTest
    void consensus(byte[] input) {
        refusesInWords(Consensus::parse, input);
    }

    @FuzzTest
    void vote(byte[] input) {
        refusesInWords(Vote::parse, input);
    }

    @FuzzTest
    void detachedSignatures(byte[] input) {
        refusesInWords(DetachedSignatures::parse, input);
    }

    /** A diff, applied to a consensus whatever it says it is for. */
    @FuzzTest
    void consensusDiff(byte[] input) {
        refusesInWords(
                diff -> {
                    ConsensusDiff parsed = ConsensusDiff.parse(diff);
                    return new ConsensusDiff(BASE.sha3(), parsed.to(), parsed.edits()).apply(BASE);
                },
                input);
    }

    /** What a directory of onion services is sent by anybody. */
    @FuzzTest
    void onionDescriptor(byte[] input) {
        refusesInWords(
                document -> OnionDescriptor.parse(document).verify(OnionDescriptor.signedAt(OnionSample.NOW)), input);
    }

    /** What is below the outer encryption, which whoever knows the address can make. */
    @FuzzTest
    void onionDescriptorMiddle(byte[] input) {
        refusesInWords(OnionSample::openMiddle, input);
    }

    /** What is below both, as a service tells its clients. */
    @FuzzTest
    void onionDescriptorInner(byte[] input) {
        refusesInWords(OnionSample::openInner, input);
    }

    private static void refusesInWords(Parser parser, byte[] input) {
        try {
            parser.parse(input);
        } catch (Untrusted refused) {
            Refusals.check(refused);
        }
    }

    private static Consensus base() {
        try (InputStream in = Objects.requireNonNull(DocumentFuzzTest.class.getResourceAsStream("earlier-consensus"))) {
            return Consensus.parse(in.readAllBytes()).claimed();
        } catch (IOException | Untrusted missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static void checkAll(DocumentList<?> read) {
        read.refused().forEach(Refusals::check);
    }
}
