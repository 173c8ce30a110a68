/** Choosing paths and keeping circuits ready. */
@NullMarked
package io.allium.client;

import org.jspecify.annotations.NullMarked;
