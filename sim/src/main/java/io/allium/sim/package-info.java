/** A Tor network in one JVM, in virtual time, from a seed. */
@NullMarked
package io.allium.sim;

import org.jspecify.annotations.NullMarked;
