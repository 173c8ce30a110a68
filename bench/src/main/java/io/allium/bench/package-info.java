/**
 * How fast and how large Allium is, beside C tor: {@code bench/run}. {@link Bench} brings up a private network of each,
 * lets each {@link Scenario} load them in turn with the same generator, and writes the {@link Report}.
 */
@NullMarked
package io.allium.bench;

import org.jspecify.annotations.NullMarked;
