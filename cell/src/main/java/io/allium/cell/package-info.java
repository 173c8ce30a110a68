/**
 * The binary language between relays: cells on a link and messages inside relay cells. Everything here is a value or a
 * pure function; bytes of a peer are checked while they are read, and what is wrong with them is a
 * {@link io.allium.base.ProtocolViolation}.
 */
@NullMarked
package io.allium.cell;

import org.jspecify.annotations.NullMarked;
