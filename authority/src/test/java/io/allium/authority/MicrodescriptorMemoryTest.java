package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.netdoc.RouterDescriptor;
import org.junit.jupiter.api.Test;

class MicrodescriptorMemoryTest {
    private final MicrodescriptorMemory memory = new MicrodescriptorMemory();
    private final RouterDescriptor descriptor = Samples.descriptor("r1");

    @Test
    void whatTheLastVoteNamedIsNotMadeAgain() {
        memory.begin();
        MicrodescriptorVotes made = memory.of(descriptor);
        memory.begin();
        assertThat(memory.of(descriptor)).isSameAs(made);
    }

    @Test
    void whatTheLastVoteDidNotNameIsForgotten() {
        memory.begin();
        MicrodescriptorVotes made = memory.of(descriptor);
        memory.begin();
        memory.begin();
        assertThat(memory.of(descriptor)).isNotSameAs(made).isEqualTo(made);
    }
}
