package io.allium.bench;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A directory authority of a network as large as the public one: 8000 relays send it their documents, and eight other
 * authorities their votes and signatures, for some periods. What it does of each is measured from outside, as processor
 * time of its process; and what it computes is compared with what we compute of the same votes.
 */
final class AuthorityOfMany implements Scenario {
    private static final int RELAYS = 8_000;
    private static final int OTHERS = 8;

    /** Authorities run for weeks, so the last period is the one that counts; the first is for warming up. */
    private static final int PERIODS = 2;

    private static final Figure SUBMISSION = figure("takes half of the relays' documents");
    private static final Figure VOTE = figure("makes its vote");
    private static final Figure BALLOTS = figure("takes eight votes");
    private static final Figure CONSENSUS = figure("computes both consensuses");
    private static final Figure FIRST = figure("computes them for the first time");
    private static final Figure PUBLICATION = figure("publishes them, serves a diff");
    private static final Figure PEAK =
            new Figure("authority", "authority: resident at most", "MiB", new Goal.AtMostTimes(3));

    private static Figure figure(String what) {
        return new Figure("authority", "authority " + what + ": CPU", "s", new Goal.AtMostTimes(1));
    }

    @Override
    public String name() {
        return "authority";
    }

    @Override
    public String what() {
        return "one of nine authorities of a large network takes descriptors and votes and computes the consensus";
    }

    @Override
    public boolean isOnlyWhereNamed() {
        return true;
    }

    @Override
    public Duration limit() {
        return Duration.ofMinutes(30);
    }

    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        Settings settings = networks.settings();
        int count = settings.quick() ? RELAYS / 10 : RELAYS;
        Instant now = networks.time().now();
        List<MadeRelay> relays = Population.of(count, settings.seed(), now);
        List<MadeAuthority> others = MadeAuthority.of(OTHERS, settings.seed(), settings.firstPort() + 800, now);
        for (Implementation each : Implementation.values()) {
            try (LoneAuthority authority = LoneAuthority.start(each, others, networks)) {
                measure(new Life(authority, relays, others, settings.seed()), each, findings);
            }
        }
    }

    private static void measure(Life life, Implementation implementation, Findings findings)
            throws IOException, InterruptedException {
        life.submit(0);
        findings.add(SUBMISSION, implementation, life.submit(1));
        for (int i = 1; i <= PERIODS; i++) {
            Life.Costs costs = life.period();
            if (i == 1) {
                findings.add(FIRST, implementation, costs.consensus());
            }
            if (i == PERIODS) {
                findings.add(VOTE, implementation, costs.vote());
                findings.add(BALLOTS, implementation, costs.ballots());
                findings.add(CONSENSUS, implementation, costs.consensus());
                findings.add(PUBLICATION, implementation, costs.publication());
            }
            costs.compared().forEach(same -> findings.note(implementation.title() + ": " + same));
        }
        findings.add(PEAK, implementation, life.peakMiB());
    }
}
