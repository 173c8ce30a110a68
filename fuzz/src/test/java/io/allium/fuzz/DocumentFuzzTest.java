package io.allium.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.allium.base.Untrusted;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.DetachedSignatures;
import io.allium.netdoc.DocumentList;
import io.allium.netdoc.ExtraInfo;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Vote;

/** Every document of the directory, as anybody may upload it or serve it. */
class DocumentFuzzTest {
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

    private static void refusesInWords(Parser parser, byte[] input) {
        try {
            parser.parse(input);
        } catch (Untrusted refused) {
            Refusals.check(refused);
        }
    }

    private static void checkAll(DocumentList<?> read) {
        read.refused().forEach(Refusals::check);
    }
}
