package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FamilyKeysTest {
    @TempDir
    Path folder;

    private final Disk disk = new SystemDisk();

    @Test
    void aFamilyThatWasMadeIsJoined() throws Exception {
        Ed25519Identity family = make("ours");
        assertThat(folder.resolve("ours.public_family_id")).hasContent(family.base64());
        assertThat(load(false, family)).containsExactly(family);
        assertThat(load(true)).containsExactly(family);
        assertThat(load(false)).isEmpty();
    }

    @Test
    void aFamilysKeyIsNeverReplaced() throws Exception {
        Ed25519Identity family = make("ours");
        assertThatThrownBy(() -> make("ours"))
                .isInstanceOf(LocalFailure.class)
                .hasMessageEndingWith("already exists. Refusing to overwrite existing family key.");
        assertThat(load(true)).containsExactly(family);
    }

    @Test
    void aFamilyThatNobodyNamedIsNotJoined() throws Exception {
        Ed25519Identity family = make("ours");
        make("theirs");
        assertThat(load(false, family)).containsExactly(family);
        assertThat(load(true)).hasSize(2);
    }

    @Test
    void aFamilyWhoseKeyIsMissingIsAnError() throws Exception {
        Ed25519Identity family = make("ours");
        Files.delete(folder.resolve("ours.secret_family_key"));
        assertThatThrownBy(() -> load(false, family))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("No key was found for listed FamilyID " + family.base64());
    }

    @Test
    void whatIsNoFamilyKeyIsNamed() throws Exception {
        Files.writeString(folder.resolve("x.secret_family_key"), "nothing");
        assertThatThrownBy(() -> load(true))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("x.secret_family_key");
    }

    @Test
    void familiesWithoutEndAreRefused() throws Exception {
        for (int i = 0; i <= FamilyKeys.FAMILIES_MAX; i++) {
            make("family" + i);
        }
        assertThatThrownBy(() -> load(true)).hasMessageContaining("cannot belong to more than 16 families");
    }

    private Ed25519Identity make(String name) throws LocalFailure {
        return FamilyKeys.generate(disk, new SystemEntropy(), folder.resolve(name));
    }

    private List<Ed25519Identity> load(boolean any, Ed25519Identity... expected) throws LocalFailure {
        FamilyKeys.Settings settings = new FamilyKeys.Settings(folder, List.of(expected), any);
        return FamilyKeys.load(disk, Log.NONE, settings).stream()
                .map(Ed25519KeyPair::publicKey)
                .toList();
    }
}
