/** Cells to and from one neighbour over TLS. */
@NullMarked
package io.allium.channel;

import org.jspecify.annotations.NullMarked;
