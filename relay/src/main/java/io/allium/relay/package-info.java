/** Carrying other people's traffic. */
@NullMarked
package io.allium.relay;

import org.jspecify.annotations.NullMarked;
