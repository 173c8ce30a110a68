/** The binary language between relays. */
@NullMarked
package io.allium.cell;

import org.jspecify.annotations.NullMarked;
