package io.allium.channel;

/** What all links of this process share: memory, and by what rule circuits compete. Safe from any thread. */
final class Budgets {
    private final Backlog backlog = new Backlog(ChannelOptions.STANDARD.maxMemInQueues());
    private volatile long halfLifeNanos =
            ChannelOptions.STANDARD.priorityHalfLife().toNanos();

    void configure(ChannelOptions options) {
        halfLifeNanos = options.priorityHalfLife().toNanos();
        backlog.limit(options.maxMemInQueues());
    }

    Backlog backlog() {
        return backlog;
    }

    long halfLifeNanos() {
        return halfLifeNanos;
    }
}
