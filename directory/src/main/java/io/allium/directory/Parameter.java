package io.allium.directory;

/**
 * A consensus parameter: its name on the {@code params} line, the value where the consensus has none, and the bounds to
 * which a listed value is brought.
 *
 * @spec param-spec
 */
public record Parameter(String name, int standard, int min, int max) {
    // What follows is in the order of param-spec, each with the values given there or, where it is silent, in C tor.

    public static final Parameter CIRC_WINDOW = new Parameter("circwindow", 1000, 100, 1000);
    public static final Parameter MIN_PATHS_FOR_CIRCS_PCT = new Parameter("min_paths_for_circs_pct", 60, 25, 95);
    public static final Parameter EXTEND_BY_ED25519_ID = new Parameter("ExtendByEd25519ID", 0, 0, 1);
    public static final Parameter SENDME_EMIT_MIN_VERSION = new Parameter("sendme_emit_min_version", 1, 0, 255);
    public static final Parameter SENDME_ACCEPT_MIN_VERSION = new Parameter("sendme_accept_min_version", 0, 0, 255);
    public static final Parameter ALLOW_NETWORK_REENTRY = new Parameter("allow-network-reentry", 0, 0, 1);

    public static final Parameter CFX_ENABLED = new Parameter("cfx_enabled", 1, 0, 1);
    public static final Parameter CFX_LOW_EXIT_THRESHOLD = new Parameter("cfx_low_exit_threshold", 6000, 0, 10_000);
    public static final Parameter CFX_MAX_LINKED_SET = new Parameter("cfx_max_linked_set", 10, 0, 255);
    public static final Parameter CFX_MAX_PREBUILT_SET = new Parameter("cfx_max_prebuilt_set", 3, 0, 255);
    public static final Parameter CFX_MAX_UNLINKED_LEG_RETRY = new Parameter("cfx_max_unlinked_leg_retry", 3, 0, 255);
    public static final Parameter CFX_NUM_LEGS_SET = new Parameter("cfx_num_legs_set", 2, 0, 255);
    public static final Parameter CFX_MAX_LEGS_SET = new Parameter("cfx_max_legs_set", 8, 3, 255);
    public static final Parameter CFX_MAX_OOOQ_BYTES =
            new Parameter("cfx_max_oooq_bytes", Integer.MAX_VALUE, 0, Integer.MAX_VALUE);

    public static final Parameter CIRC_MAX_CELL_QUEUE_SIZE =
            new Parameter("circ_max_cell_queue_size", 2500, 1000, Integer.MAX_VALUE);
    public static final Parameter CIRCUIT_PRIORITY_HALFLIFE_MSEC =
            new Parameter("CircuitPriorityHalflifeMsec", 30_000, 1, Integer.MAX_VALUE);

    // Of proposal 324, section 6.5.
    public static final Parameter CC_ALG = new Parameter("cc_alg", 2, 0, 3);
    public static final Parameter CC_SENDME_INC = new Parameter("cc_sendme_inc", 31, 1, 254);
    public static final Parameter CC_CWND_INIT = new Parameter("cc_cwnd_init", 124, 31, 10_000);
    public static final Parameter CC_CWND_MIN = new Parameter("cc_cwnd_min", 124, 31, 1000);
    public static final Parameter CC_CWND_MAX = new Parameter("cc_cwnd_max", Integer.MAX_VALUE, 500, Integer.MAX_VALUE);
    public static final Parameter CC_CWND_INC = new Parameter("cc_cwnd_inc", 1, 1, 1000);
    public static final Parameter CC_CWND_INC_RATE = new Parameter("cc_cwnd_inc_rate", 31, 1, 250);
    public static final Parameter CC_CWND_INC_PCT_SS = new Parameter("cc_cwnd_inc_pct_ss", 100, 1, 500);
    public static final Parameter CC_SSCAP_EXIT = new Parameter("cc_sscap_exit", 600, 100, Integer.MAX_VALUE);
    public static final Parameter CC_SSCAP_ONION = new Parameter("cc_sscap_onion", 475, 100, Integer.MAX_VALUE);
    public static final Parameter CC_SS_MAX = new Parameter("cc_ss_max", 5000, 500, Integer.MAX_VALUE);
    public static final Parameter CC_CWND_FULL_GAP = new Parameter("cc_cwnd_full_gap", 4, 0, Short.MAX_VALUE);
    public static final Parameter CC_CWND_FULL_MINPCT = new Parameter("cc_cwnd_full_minpct", 25, 0, 100);
    public static final Parameter CC_CWND_FULL_PER_CWND = new Parameter("cc_cwnd_full_per_cwnd", 1, 0, 1);
    public static final Parameter CC_EWMA_CWND_PCT = new Parameter("cc_ewma_cwnd_pct", 50, 1, 255);
    public static final Parameter CC_EWMA_MAX = new Parameter("cc_ewma_max", 10, 2, Integer.MAX_VALUE);
    public static final Parameter CC_EWMA_SS = new Parameter("cc_ewma_ss", 2, 2, Integer.MAX_VALUE);
    public static final Parameter CC_RTT_RESET_PCT = new Parameter("cc_rtt_reset_pct", 100, 0, 100);
    public static final Parameter CC_VEGAS_ALPHA_EXIT = new Parameter("cc_vegas_alpha_exit", 186, 0, 1000);
    public static final Parameter CC_VEGAS_BETA_EXIT = new Parameter("cc_vegas_beta_exit", 248, 0, 1000);
    public static final Parameter CC_VEGAS_GAMMA_EXIT = new Parameter("cc_vegas_gamma_exit", 186, 0, 1000);
    public static final Parameter CC_VEGAS_DELTA_EXIT = new Parameter("cc_vegas_delta_exit", 310, 0, Integer.MAX_VALUE);
    public static final Parameter CC_VEGAS_ALPHA_ONION = new Parameter("cc_vegas_alpha_onion", 186, 0, 1000);
    public static final Parameter CC_VEGAS_BETA_ONION = new Parameter("cc_vegas_beta_onion", 372, 0, 1000);
    public static final Parameter CC_VEGAS_GAMMA_ONION = new Parameter("cc_vegas_gamma_onion", 248, 0, 1000);
    public static final Parameter CC_VEGAS_DELTA_ONION =
            new Parameter("cc_vegas_delta_onion", 434, 0, Integer.MAX_VALUE);
    public static final Parameter CC_XOFF_CLIENT = new Parameter("cc_xoff_client", 500, 1, 10_000);
    public static final Parameter CC_XOFF_EXIT = new Parameter("cc_xoff_exit", 500, 1, 10_000);
    public static final Parameter CC_XON_RATE = new Parameter("cc_xon_rate", 500, 1, 5000);
    public static final Parameter CC_XON_CHANGE_PCT = new Parameter("cc_xon_change_pct", 25, 1, 99);
    public static final Parameter CC_XON_EWMA_CNT = new Parameter("cc_xon_ewma_cnt", 2, 2, 100);

    /** 0 for no limit of its own. */
    public static final Parameter PER_CONN_BW_RATE = new Parameter("perconnbwrate", 0, 0, Integer.MAX_VALUE);

    public static final Parameter PER_CONN_BW_BURST = new Parameter("perconnbwburst", 0, 0, Integer.MAX_VALUE);
    public static final Parameter BW_WEIGHT_SCALE = new Parameter("bwweightscale", 10_000, 1, Integer.MAX_VALUE);
    public static final Parameter MAX_UNMEASURED_BW = new Parameter("maxunmeasuredbw", 20, 1, Integer.MAX_VALUE);
    public static final Parameter FAST_FLAG_MIN_THRESHOLD =
            new Parameter("FastFlagMinThreshold", 4, 4, Integer.MAX_VALUE);
    public static final Parameter FAST_FLAG_MAX_THRESHOLD =
            new Parameter("FastFlagMaxThreshold", Integer.MAX_VALUE, 4, Integer.MAX_VALUE);

    public static final Parameter CBT_DISABLED = new Parameter("cbtdisabled", 0, 0, 1);
    public static final Parameter CBT_NUM_MODES = new Parameter("cbtnummodes", 10, 1, 20);
    public static final Parameter CBT_RECENT_COUNT = new Parameter("cbtrecentcount", 20, 3, 1000);
    public static final Parameter CBT_MAX_TIMEOUTS = new Parameter("cbtmaxtimeouts", 18, 3, 10_000);
    public static final Parameter CBT_MIN_CIRCS = new Parameter("cbtmincircs", 100, 1, 10_000);
    public static final Parameter CBT_QUANTILE = new Parameter("cbtquantile", 80, 10, 99);
    public static final Parameter CBT_CLOSE_QUANTILE = new Parameter("cbtclosequantile", 99, 10, 99);
    public static final Parameter CBT_TEST_FREQ = new Parameter("cbttestfreq", 10, 1, Integer.MAX_VALUE);
    public static final Parameter CBT_MIN_TIMEOUT = new Parameter("cbtmintimeout", 10, 10, Integer.MAX_VALUE);
    public static final Parameter CBT_INITIAL_TIMEOUT =
            new Parameter("cbtinitialtimeout", 60_000, 10, Integer.MAX_VALUE);
    public static final Parameter CBT_LEARN_TIMEOUT = new Parameter("cbtlearntimeout", 180, 10, 60_000);
    public static final Parameter CBT_MAX_OPEN_CIRCS = new Parameter("cbtmaxopencircs", 10, 0, 14);

    public static final Parameter REFUSE_UNKNOWN_EXITS = new Parameter("refuseunknownexits", 1, 0, 1);
    public static final Parameter MAX_ONION_QUEUE_DELAY =
            new Parameter("MaxOnionQueueDelay", 1750, 1, Integer.MAX_VALUE);
    public static final Parameter ONION_QUEUE_WAIT_CUTOFF =
            new Parameter("onion_queue_wait_cutoff", 5, 0, Integer.MAX_VALUE);
    public static final Parameter MAX_PENDING_TASKS_PER_CPU =
            new Parameter("max_pending_tasks_per_cpu", 64, 1, Integer.MAX_VALUE);
    public static final Parameter ONION_KEY_ROTATION_DAYS = new Parameter("onion-key-rotation-days", 28, 1, 90);
    public static final Parameter ONION_KEY_GRACE_PERIOD_DAYS = new Parameter("onion-key-grace-period-days", 7, 1, 90);
    public static final Parameter ALLOW_NONEARLY_EXTEND = new Parameter("AllowNonearlyExtend", 0, 0, 1);
    public static final Parameter ASSUME_REACHABLE = new Parameter("assume-reachable", 0, 0, 1);
    public static final Parameter ASSUME_REACHABLE_IPV6 = new Parameter("assume-reachable-ipv6", 0, 0, 1);
    public static final Parameter EXIT_DNS_TIMEOUT = new Parameter("exit_dns_timeout", 1000, 1, 120_000);
    public static final Parameter EXIT_DNS_NUM_ATTEMPTS = new Parameter("exit_dns_num_attempts", 2, 0, 255);

    public static final Parameter NF_PAD_BEFORE_USAGE = new Parameter("nf_pad_before_usage", 1, 0, 1);
    public static final Parameter NF_PAD_RELAYS = new Parameter("nf_pad_relays", 0, 0, 1);
    public static final Parameter NF_CONNTIMEOUT_CLIENTS = new Parameter("nf_conntimeout_clients", 1800, 60, 86_400);
    public static final Parameter NF_CONNTIMEOUT_RELAYS = new Parameter("nf_conntimeout_relays", 3600, 60, 604_800);
    public static final Parameter NF_ITO_LOW = new Parameter("nf_ito_low", 1500, 0, 60_000);
    public static final Parameter NF_ITO_HIGH = new Parameter("nf_ito_high", 9500, 0, 60_000);

    public static final Parameter GUARD_LIFETIME_DAYS = new Parameter("guard-lifetime-days", 120, 1, 3650);
    public static final Parameter GUARD_CONFIRMED_MIN_LIFETIME_DAYS =
            new Parameter("guard-confirmed-min-lifetime-days", 60, 1, 3650);
    public static final Parameter GUARD_INTERNET_LIKELY_DOWN_INTERVAL =
            new Parameter("guard-internet-likely-down-interval", 600, 1, Integer.MAX_VALUE);
    public static final Parameter GUARD_MAX_SAMPLE_SIZE =
            new Parameter("guard-max-sample-size", 60, 1, Integer.MAX_VALUE);
    public static final Parameter GUARD_MAX_SAMPLE_THRESHOLD_PERCENT =
            new Parameter("guard-max-sample-threshold-percent", 20, 1, 100);
    public static final Parameter GUARD_MIN_FILTERED_SAMPLE_SIZE =
            new Parameter("guard-min-filtered-sample-size", 20, 1, Integer.MAX_VALUE);
    public static final Parameter GUARD_N_PRIMARY_GUARDS =
            new Parameter("guard-n-primary-guards", 3, 1, Integer.MAX_VALUE);
    public static final Parameter GUARD_N_PRIMARY_GUARDS_TO_USE =
            new Parameter("guard-n-primary-guards-to-use", 1, 1, Integer.MAX_VALUE);
    public static final Parameter GUARD_N_PRIMARY_DIR_GUARDS_TO_USE =
            new Parameter("guard-n-primary-dir-guards-to-use", 3, 1, Integer.MAX_VALUE);
    public static final Parameter GUARD_NONPRIMARY_CONNECT_TIMEOUT =
            new Parameter("guard-nonprimary-guard-connect-timeout", 15, 1, Integer.MAX_VALUE);
    public static final Parameter GUARD_NONPRIMARY_IDLE_TIMEOUT =
            new Parameter("guard-nonprimary-guard-idle-timeout", 600, 1, Integer.MAX_VALUE);
    public static final Parameter GUARD_REMOVE_UNLISTED_AFTER_DAYS =
            new Parameter("guard-remove-unlisted-guards-after-days", 20, 1, 3650);

    // Of vanguards-spec; lifetimes in seconds.
    public static final Parameter VANGUARDS_LITE_ENABLED = new Parameter("vanguards-lite-enabled", 1, 0, 1);

    /** 2 for full vanguards, with a third layer. vanguards-spec has them be the rule; C tor 0.4.9 has none. */
    public static final Parameter VANGUARDS_HS_SERVICE = new Parameter("vanguards-hs-service", 1, 0, 2);

    public static final Parameter GUARD_HS_L2_NUMBER = new Parameter("guard-hs-l2-number", 4, 1, 19);
    public static final Parameter GUARD_HS_L2_LIFETIME_MIN =
            new Parameter("guard-hs-l2-lifetime-min", 86_400, 1, Integer.MAX_VALUE);
    public static final Parameter GUARD_HS_L2_LIFETIME_MAX =
            new Parameter("guard-hs-l2-lifetime-max", 12 * 86_400, 1, Integer.MAX_VALUE);
    public static final Parameter GUARD_HS_L3_NUMBER = new Parameter("guard-hs-l3-number", 8, 1, 19);
    public static final Parameter GUARD_HS_L3_LIFETIME_MIN =
            new Parameter("guard-hs-l3-lifetime-min", 3600, 1, Integer.MAX_VALUE);
    public static final Parameter GUARD_HS_L3_LIFETIME_MAX =
            new Parameter("guard-hs-l3-lifetime-max", 48 * 3600, 1, Integer.MAX_VALUE);
    /** In minutes; param-spec says from 30 on, C tor 0.4.9 from 5 on. */
    public static final Parameter HSDIR_INTERVAL = new Parameter("hsdir_interval", 1440, 5, 14_400);

    public static final Parameter HSDIR_N_REPLICAS = new Parameter("hsdir_n_replicas", 2, 1, 16);
    public static final Parameter HSDIR_SPREAD_FETCH = new Parameter("hsdir_spread_fetch", 3, 1, 128);
    public static final Parameter HSDIR_SPREAD_STORE = new Parameter("hsdir_spread_store", 4, 1, 128);
    public static final Parameter HS_SERVICE_MAX_RDV_FAILURES = new Parameter("hs_service_max_rdv_failures", 2, 1, 10);
    public static final Parameter HS_INTRO_MIN_INTRODUCE2 =
            new Parameter("hs_intro_min_introduce2", 16_384, 0, Integer.MAX_VALUE);
    public static final Parameter HS_INTRO_MAX_INTRODUCE2 =
            new Parameter("hs_intro_max_introduce2", 32_768, 0, Integer.MAX_VALUE);

    /** In seconds. */
    public static final Parameter HS_INTRO_MIN_LIFETIME =
            new Parameter("hs_intro_min_lifetime", 64_800, 0, Integer.MAX_VALUE);

    /** In seconds. */
    public static final Parameter HS_INTRO_MAX_LIFETIME =
            new Parameter("hs_intro_max_lifetime", 86_400, 0, Integer.MAX_VALUE);

    public static final Parameter HS_INTRO_NUM_EXTRA = new Parameter("hs_intro_num_extra", 2, 0, 128);

    /** In bytes. */
    public static final Parameter HSV3_MAX_DESCRIPTOR_SIZE =
            new Parameter("HSV3MaxDescriptorSize", 50_000, 1, Integer.MAX_VALUE);

    public static final Parameter HS_INTRO_DOS_DEFENSE = new Parameter("HiddenServiceEnableIntroDoSDefense", 0, 0, 1);
    public static final Parameter HS_INTRO_DOS_RATE =
            new Parameter("HiddenServiceEnableIntroDoSRatePerSec", 25, 0, Integer.MAX_VALUE);
    public static final Parameter HS_INTRO_DOS_BURST =
            new Parameter("HiddenServiceEnableIntroDoSBurstPerSec", 200, 0, Integer.MAX_VALUE);
    public static final Parameter DOS_REFUSE_SINGLE_HOP_RENDEZVOUS =
            new Parameter("DoSRefuseSingleHopClientRendezvous", 0, 0, 1);

    // In hours.
    public static final Parameter MAX_CONSENSUS_AGE_TO_CACHE_FOR_DIFF =
            new Parameter("max-consensus-age-to-cache-for-diff", 72, 0, 8192);
    public static final Parameter TRY_DIFF_FOR_CONSENSUS_NEWER_THAN =
            new Parameter("try-diff-for-consensus-newer-than", 72, 0, 8192);

    public static final Parameter USE_FAMILY_LISTS = new Parameter("use-family-lists", 1, 0, 1);
    public static final Parameter USE_FAMILY_IDS = new Parameter("use-family-ids", 1, 0, 1);

    public Parameter {
        if (min > standard || standard > max) {
            throw new IllegalArgumentException(name + ": " + standard + " is not between " + min + " and " + max);
        }
    }

    /** The nearest value within the bounds. */
    public int clamp(int value) {
        return Math.clamp(value, min, max);
    }
}
