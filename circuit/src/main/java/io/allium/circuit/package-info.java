/** Layers, streams and their flow over channels. */
@NullMarked
package io.allium.circuit;

import org.jspecify.annotations.NullMarked;
