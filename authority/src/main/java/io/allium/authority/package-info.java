/** Agreeing on the network. */
@NullMarked
package io.allium.authority;

import org.jspecify.annotations.NullMarked;
