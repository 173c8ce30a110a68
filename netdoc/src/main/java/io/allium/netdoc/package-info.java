/**
 * The text language of the directory: every document that relays, authorities and clients exchange as text.
 *
 * <p>A {@link io.allium.netdoc.Lexer} cuts bytes into {@link io.allium.netdoc.Item}s, a {@link io.allium.netdoc.Schema}
 * says which items a document must have and gathers them into a {@link io.allium.netdoc.Section}, and each document is
 * an immutable record made from that section. What carries signatures comes out of its parser as
 * {@link io.allium.netdoc.Unverified}. Writers make exactly the bytes that C tor makes of the same values.
 *
 * @spec dir-spec 1.2
 */
@NullMarked
package io.allium.netdoc;

import org.jspecify.annotations.NullMarked;
