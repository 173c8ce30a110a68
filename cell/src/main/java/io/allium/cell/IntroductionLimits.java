package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.ProtocolViolation;

/**
 * The extension of ESTABLISH_INTRO in which a service says how many introductions its introduction point may send it.
 *
 * @param ratePerSecond in the long run, 0 to 2^31 - 1
 * @param burstPerSecond at once, 0 to 2^31 - 1
 * @spec rend-spec-v3 3.1.1.1; prop305
 */
public record IntroductionLimits(long ratePerSecond, long burstPerSecond) {
    /** The type of the extension. */
    public static final int TYPE = 1;

    private static final int RATE = 1;
    private static final int BURST = 2;
    private static final long MOST = Integer.MAX_VALUE;

    public IntroductionLimits {
        if (ratePerSecond < 0 || ratePerSecond > MOST || burstPerSecond < 0 || burstPerSecond > MOST) {
            throw new IllegalArgumentException("limits of " + ratePerSecond + " and " + burstPerSecond);
        }
    }

    /** Whether these say that there are no limits: one of them is 0. */
    public boolean isNone() {
        return ratePerSecond == 0 || burstPerSecond == 0;
    }

    /** Itself as an extension of ESTABLISH_INTRO. */
    public Extensions.Extension extension() {
        byte[] value = new ByteWriter()
                .u8(2)
                .u8(RATE)
                .u64(ratePerSecond)
                .u8(BURST)
                .u64(burstPerSecond)
                .toBytes();
        return new Extensions.Extension(TYPE, value);
    }

    /**
     * Reads the value of the extension; a parameter that is not there is 0. Refuses parameters of unknown types, values out of
     * range, and a burst less than the rate: relays go on with limits of their own then.
     */
    public static IntroductionLimits decode(byte[] value) throws ProtocolViolation {
        try {
            return decode(new ByteReader(value));
        } catch (ProtocolViolation wrong) {
            throw wrong.in("limits of introductions");
        }
    }

    private static IntroductionLimits decode(ByteReader in) throws ProtocolViolation {
        long rate = 0;
        long burst = 0;
        int count = in.u8("N_PARAMS");
        for (int i = 0; i < count; i++) {
            int type = in.u8("PARAM_TYPE");
            long parameter = in.u64("PARAM_VALUE");
            if (parameter < 0 || parameter > MOST) {
                throw new ProtocolViolation("a parameter of more than " + MOST);
            }
            switch (type) {
                case RATE -> rate = parameter;
                case BURST -> burst = parameter;
                default -> throw new ProtocolViolation("a parameter of unknown type " + type);
            }
        }
        IntroductionLimits limits = new IntroductionLimits(rate, burst);
        if (!limits.isNone() && burst < rate) {
            throw new ProtocolViolation("a burst that is less than the rate");
        }
        return limits;
    }
}
