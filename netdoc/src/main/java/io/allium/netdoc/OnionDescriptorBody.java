package io.allium.netdoc;

import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519Identity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an onion service tells its clients: where it can be asked for, and how.
 *
 * @param introAuthRequired ways of which a client must know one; nobody asks for any yet
 * @param singleOnionService whether the service does not hide where it is
 * @param flowControl if it can do congestion control
 * @param proofOfWork if it takes proofs of work
 * @param introductionPoints 0 to {@value #INTRODUCTION_POINTS_MAX}
 * @spec rend-spec-v3 2.5.2.2
 */
public record OnionDescriptorBody(
        List<String> introAuthRequired,
        boolean singleOnionService,
        Optional<OnionFlowControl> flowControl,
        Optional<ProofOfWorkParameters> proofOfWork,
        List<IntroductionPoint> introductionPoints) {
    /** What stands before the introduction points. */
    static final Schema SCHEMA = Schema.of(
                    "onion service descriptor's inner layer",
                    Schema.once("create2-formats").arguments(1).first(),
                    Schema.maybe("intro-auth-required").arguments(1),
                    Schema.maybe("single-onion-service"),
                    Schema.maybe(OnionFlowControl.KEYWORD).arguments(2),
                    Schema.any(ProofOfWorkParameters.KEYWORD).arguments(1))
            .endingBefore(IntroductionPoint.KEYWORD);

    /** rend-spec-v3 2.5.4. */
    public static final int INTRODUCTION_POINTS_MAX = 20;

    public OnionDescriptorBody {
        introAuthRequired = List.copyOf(introAuthRequired);
        introductionPoints = List.copyOf(introductionPoints);
        if (introductionPoints.size() > INTRODUCTION_POINTS_MAX) {
            throw new IllegalArgumentException(introductionPoints.size() + " introduction points");
        }
    }

    /**
     * Reads the plaintext. Introduction points that are malformed or from the future are left out, as C tor does; more than
     * {@value #INTRODUCTION_POINTS_MAX} good ones are refused.
     *
     * @param signingKey the descriptor's, which certifies the introduction points' keys
     */
    static OnionDescriptorBody parse(byte[] text, Ed25519Identity signingKey, Instant now) throws Untrusted {
        Lexer lexer = new Lexer(text);
        Section section = SCHEMA.read(lexer);
        Item next = lexer.peek();
        int from = lexer.position();
        try {
            if (next != null && !next.is(IntroductionPoint.KEYWORD)) {
                throw next.bad("stands where introduction points must");
            }
            return new OnionDescriptorBody(
                    section.maybe("intro-auth-required").map(Item::arguments).orElse(List.of()),
                    section.has("single-onion-service"),
                    flowControl(ntorKnown(section)),
                    proofOfWork(section),
                    introductionPoints(new Slice(text, from, text.length - from), signingKey, now));
        } catch (Untrusted wrong) {
            throw wrong.in(SCHEMA.name());
        }
    }

    private static Section ntorKnown(Section section) throws Untrusted {
        Item formats = section.one("create2-formats");
        if (!formats.arguments().contains(NTOR)) {
            throw formats.bad("does not have " + NTOR + ", ntor");
        }
        return section;
    }

    private static Optional<OnionFlowControl> flowControl(Section section) throws Untrusted {
        Optional<Item> item = section.maybe(OnionFlowControl.KEYWORD);
        return item.isPresent() ? Optional.of(OnionFlowControl.read(item.get())) : Optional.empty();
    }

    private static Optional<ProofOfWorkParameters> proofOfWork(Section section) throws Untrusted {
        Optional<ProofOfWorkParameters> found = Optional.empty();
        for (Item item : section.all(ProofOfWorkParameters.KEYWORD)) {
            if (item.argument(0).equals(ProofOfWorkParameters.TYPE)) {
                if (found.isPresent()) {
                    throw item.bad("occurs again");
                }
                found = Optional.of(ProofOfWorkParameters.read(item));
            }
        }
        return found;
    }

    private static List<IntroductionPoint> introductionPoints(Slice text, Ed25519Identity signingKey, Instant now)
            throws Untrusted {
        List<IntroductionPoint> points = DocumentList.read(
                        text, IntroductionPoint.SCHEMA, IntroductionPoint.KEYWORD, section -> {
                            IntroductionPoint point = IntroductionPoint.read(section);
                            point.checkCertificates(signingKey, now);
                            return point;
                        })
                .documents();
        if (points.size() > INTRODUCTION_POINTS_MAX) {
            throw new Untrusted(points.size() + " introduction points, of at most " + INTRODUCTION_POINTS_MAX);
        }
        return points;
    }

    /** The plaintext, as C tor has it. */
    byte[] encode() {
        DocumentWriter out = new DocumentWriter();
        out.line("create2-formats", NTOR);
        out.lineIfAny("intro-auth-required", String.join(" ", introAuthRequired));
        if (singleOnionService) {
            out.line("single-onion-service");
        }
        flowControl.ifPresent(terms -> terms.write(out));
        proofOfWork.ifPresent(parameters -> parameters.write(out));
        introductionPoints.forEach(point -> point.write(out));
        return out.bytes();
    }

    /** CREATE2's number for ntor, by which a service's relays are extended to. */
    private static final String NTOR = "2";
}
