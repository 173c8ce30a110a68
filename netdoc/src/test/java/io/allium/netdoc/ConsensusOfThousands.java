package io.allium.netdoc;

import java.util.Base64;

/** A sample consensus blown up to the size of the public network. */
final class ConsensusOfThousands {
    private ConsensusOfThousands() {}

    static String text(int relays) {
        String sample = Samples.text("consensus-microdesc");
        int first = sample.indexOf("\nr ") + 1;
        int second = sample.indexOf("\nr ", first) + 1;
        String entry = sample.substring(first, second);
        String after = entry.substring(entry.indexOf(' ', entry.indexOf(' ', 2) + 1));
        StringBuilder text = new StringBuilder(sample.substring(0, first));
        for (int i = 0; i < relays; i++) {
            byte[] fingerprint = new byte[20];
            fingerprint[0] = (byte) (i >>> 8);
            fingerprint[1] = (byte) i;
            text.append("r relay").append(i).append(' ');
            text.append(Base64.getEncoder().withoutPadding().encodeToString(fingerprint));
            text.append(after);
        }
        return text.append(sample.substring(sample.indexOf("directory-footer"))).toString();
    }
}
