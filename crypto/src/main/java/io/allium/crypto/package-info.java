/** Primitives and handshakes as pure functions. */
@NullMarked
package io.allium.crypto;

import org.jspecify.annotations.NullMarked;
