package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.authority.Submissions.Answer;
import io.allium.authority.Submissions.Outcome;
import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Slice;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmissionsTest {
    private static final byte[] DESCRIPTORS = Samples.read("server-descriptors");

    @TempDir
    private Path folder;

    private KeyPins pins;
    private final List<RouterDescriptor> heard = new ArrayList<>();
    private Submissions submissions;

    @BeforeEach
    void start() throws LocalFailure {
        pins = KeyPins.load(new SystemDisk(), folder.resolve("key-pinning-journal"));
        submissions = new Submissions(SubmissionOptions.TESTING, pins, Log.NONE, heard::add);
    }

    @Test
    void descriptorsAndExtraInfosOfARealNetworkAreTaken() {
        Answer answer = submissions.post(DESCRIPTORS, Samples.TIME);
        assertThat(answer).isEqualTo(new Answer(Outcome.ACCEPTED, "Descriptor accepted"));
        assertThat(submissions.current(Samples.TIME))
                .hasSize(7)
                .isSortedAccordingTo((a, b) -> a.fingerprint().compareTo(b.fingerprint()));
        assertThat(heard).hasSize(7);
        assertThat(submissions.post(Samples.read("extra-infos"), Samples.TIME).outcome())
                .isEqualTo(Outcome.ACCEPTED);
        RouterDescriptor relay = Samples.descriptor("r1");
        assertThat(submissions.extraInfo(
                        relay.details().extraInfo().orElseThrow().sha1()))
                .isPresent();
    }

    @Test
    void whatElseWasPostedIsNotKeptWithADescriptor() {
        byte[] one = Samples.descriptor("r1").source().bytes();
        byte[] padded = Arrays.copyOf(one, one.length + 1_000_000);
        Arrays.fill(padded, one.length, padded.length, (byte) '\n');

        submissions.post(padded, Samples.TIME);

        RouterDescriptor kept = submissions.current(Samples.TIME).getFirst();
        assertThat(kept.source().array()).isEqualTo(one);
        assertThat(kept.digest()).isEqualTo(Samples.descriptor("r1").digest());
    }

    @Test
    void aKeyThatIsPinnedIsNotPinnedToAnotherAsWell() throws LocalFailure {
        RouterDescriptor one = Samples.descriptor("r1");
        RouterDescriptor other = Samples.descriptor("r2");
        pins.pin(one.fingerprint(), one.identity());

        pins.pin(other.fingerprint(), one.identity());

        assertThat(pins.contradicts(one.fingerprint(), one.identity())).isFalse();
        assertThat(pins.contradicts(other.fingerprint(), other.identity())).isFalse();
    }

    @Test
    void whatWeHaveIsNotNew() {
        submissions.post(DESCRIPTORS, Samples.TIME);
        assertThat(submissions.post(DESCRIPTORS, Samples.TIME))
                .isEqualTo(new Answer(Outcome.NOT_NEW, "Router descriptor was not new."));
    }

    @Test
    void aClockThatIsFarOffIsRejected() {
        Instant dayAfter = Samples.TIME.plus(Duration.ofHours(25));
        assertThat(submissions.post(DESCRIPTORS, dayAfter).message())
                .isEqualTo("Rejected: Server is expired, or your clock is too far in the past, or your timezone is not"
                        + " correct.");
        Instant dayBefore = Samples.TIME.minus(Duration.ofHours(13));
        assertThat(submissions.post(DESCRIPTORS, dayBefore).message())
                .isEqualTo("Rejected: Your clock is set too far in the future, or your timezone is not correct.");
    }

    @Test
    void loopbackAddressesAreForTestingNetworksOnly() {
        Submissions strict = new Submissions(SubmissionOptions.DEFAULTS, pins, Log.NONE, heard::add);
        assertThat(strict.post(DESCRIPTORS, Samples.TIME))
                .isEqualTo(new Answer(Outcome.REJECTED, "Rejected: Address is a private address."));
    }

    @Test
    void anOldVersionIsRejected() {
        SubmissionOptions demanding = new SubmissionOptions(
                TorVersion.parse("0.4.10.1-alpha").orElseThrow(), true, true, relay -> false, relay -> false);
        assertThat(new Submissions(demanding, pins, Log.NONE, heard::add)
                        .post(DESCRIPTORS, Samples.TIME)
                        .message())
                .isEqualTo("Tor version is insecure or unsupported. Please upgrade!");
    }

    @Test
    void anIdentityPinnedToAnotherKeyIsRejected() throws LocalFailure {
        RouterDescriptor one = Samples.descriptor("r1");
        RouterDescriptor other = Samples.descriptor("r2");
        pins.pin(one.fingerprint(), other.identity());
        assertThat(submissions.post(one.source().bytes(), Samples.TIME).message())
                .startsWith("Looks like your keypair has changed?");
        assertThat(KeyPins.load(new SystemDisk(), folder.resolve("key-pinning-journal"))
                        .contradicts(one.fingerprint(), one.identity()))
                .isTrue();
    }

    @Test
    void aForgedDescriptorIsRejected() {
        String forged = new String(Samples.descriptor("r1").source().bytes(), StandardCharsets.US_ASCII)
                .replace("router r1 127.0.0.1", "router r1 127.0.0.2");
        assertThat(submissions
                        .post(forged.getBytes(StandardCharsets.US_ASCII), Samples.TIME)
                        .outcome())
                .isEqualTo(Outcome.REJECTED);
    }

    @Test
    void anEmptyPostIsRejected() {
        assertThat(submissions.post(new byte[0], Samples.TIME))
                .isEqualTo(new Answer(Outcome.REJECTED, "No descriptors found in your POST."));
    }

    @Test
    void oldDescriptorsAreForgotten() {
        submissions.post(DESCRIPTORS, Samples.TIME);
        RouterDescriptor relay = Samples.descriptor("r1");
        assertThat(submissions.descriptor(relay.digest())).isPresent();
        submissions.expire(Samples.TIME.plus(Duration.ofHours(49)));
        assertThat(submissions.descriptor(relay.digest())).isEmpty();
        assertThat(submissions.newest(relay.fingerprint())).isEmpty();
    }

    @Test
    void whoIsKilledStillKnowsItsRelays() throws LocalFailure {
        keepIn(submissions);
        submissions.post(DESCRIPTORS, Samples.TIME);
        submissions.post(Samples.read("extra-infos"), Samples.TIME);

        Submissions next = new Submissions(SubmissionOptions.TESTING, pins, Log.NONE, heard::add);
        keepIn(next);

        assertThat(next.current(Samples.TIME)).hasSize(7);
        assertThat(next.documents()).containsExactlyInAnyOrderElementsOf(submissions.documents());
    }

    @Test
    void whatWasTornOrIsNoLongerWantedIsLeftOut() throws LocalFailure {
        keepIn(submissions);
        submissions.post(DESCRIPTORS, Samples.TIME);
        SystemDisk disk = new SystemDisk();
        Path file = folder.resolve("submitted-descriptors");
        byte[] whole = disk.read(file).orElseThrow();
        disk.write(file, Arrays.copyOf(whole, whole.length - 100));

        SubmissionOptions usual = SubmissionOptions.TESTING;
        RouterDescriptor unwanted = submissions.current(Samples.TIME).getFirst();
        Submissions next = new Submissions(
                new SubmissionOptions(
                        usual.minimalVersion(),
                        true,
                        true,
                        relay -> relay.fingerprint().equals(unwanted.fingerprint()),
                        usual.invalid()),
                pins,
                Log.NONE,
                heard::add);
        keepIn(next);
        assertThat(next.current(Samples.TIME))
                .hasSize(5)
                .extracting(RouterDescriptor::fingerprint)
                .doesNotContain(unwanted.fingerprint());
        assertThat(disk.read(file).orElseThrow().length).isLessThan(whole.length - 100);

        Submissions late = new Submissions(usual, pins, Log.NONE, heard::add);
        late.keepIn(journal(late), Samples.TIME.plus(Duration.ofDays(2)));
        assertThat(late.documents()).isEmpty();
    }

    @Test
    void theJournalDoesNotGrowWithoutEnd() throws LocalFailure {
        List<Slice> useful = List.of(Slice.of(new byte[1 << 20]));
        SystemDisk disk = new SystemDisk();
        SubmissionJournal journal = new SubmissionJournal(disk, Log.NONE, folder, () -> useful);
        journal.rewrite();
        long longest = 0;
        for (int i = 0; i < 40; i++) {
            journal.add(Slice.of(new byte[1 << 20]));
            longest = Math.max(longest, journal.read().length);
        }
        assertThat(longest).isLessThanOrEqualTo(18 << 20);
    }

    private void keepIn(Submissions to) throws LocalFailure {
        to.keepIn(journal(to), Samples.TIME);
    }

    private SubmissionJournal journal(Submissions to) {
        return new SubmissionJournal(new SystemDisk(), Log.NONE, folder, to::documents);
    }

    @Test
    void aPrivateAddressIsRefusedInBothFamilies() {
        SubmissionOptions strict = SubmissionOptions.DEFAULTS;
        Submissions wary = new Submissions(strict, pins, Log.NONE, heard::add);
        for (String address : List.of("[fd00::7]:9001", "[fe80::7]:9001", "[::1]:9001")) {
            RouterDescriptor relay =
                    Samples.made("dual", Samples.TIME, details -> details.additionalOrPort(Endpoint.parse(address)));
            assertThat(wary.post(relay.source().bytes(), Samples.TIME))
                    .as(address)
                    .isEqualTo(new Answer(Outcome.REJECTED, "Rejected: Address is a private address."));
        }
        RouterDescriptor fine = Samples.made(
                "dual", Samples.TIME, details -> details.additionalOrPort(Endpoint.parse("[2a01::7]:9001")));
        assertThat(wary.post(fine.source().bytes(), Samples.TIME).outcome()).isEqualTo(Outcome.ACCEPTED);
    }
}
