package io.allium.relay;

/** What a relay's circuits share of onion services: the introduction point and the rendezvous point that it is, and what is counted. */
record OnionTables(
        IntroductionTable introductions,
        RendezvousTable rendezvous,
        OnionStatistics statistics,
        RelayFigures figures) {}
