package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.ThreadTasks;
import io.allium.directory.ContentCoding;
import io.allium.netdoc.Slice;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CompressedFormsTest {
    private static final int LENGTH = 10_000;

    private final CompressedForms forms = new CompressedForms(new ThreadTasks(Log.NONE, 1), 10 * LENGTH);

    @Test
    void aDocumentIsCompressedOnceForEachCoding() throws Exception {
        Slice document = document(1);
        byte[] first = forms.get(document, ContentCoding.DEFLATE);

        assertThat(forms.get(Slice.of(document.array()), ContentCoding.DEFLATE)).isSameAs(first);
        assertThat(forms.get(document, ContentCoding.LZMA)).isNotEqualTo(first);
        assertThat(forms.count()).isEqualTo(2);
    }

    @Test
    void atTheBoundTheOneThatWasNotAskedForLongestGoes() throws Exception {
        Slice asked = document(0);
        byte[] first = forms.get(asked, ContentCoding.DEFLATE);
        for (int i = 1; i < 20; i++) {
            forms.get(document(i), ContentCoding.DEFLATE);
            assertThat(forms.get(asked, ContentCoding.DEFLATE)).isSameAs(first);
        }
        assertThat(forms.count()).isLessThan(10);
    }

    private static Slice document(int seed) {
        byte[] text = new byte[LENGTH];
        new Random(seed).nextBytes(text);
        return Slice.of(text);
    }
}
