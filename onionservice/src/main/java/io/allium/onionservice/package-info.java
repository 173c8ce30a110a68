/** Onion services of version 3: reaching them, and being one. */
@NullMarked
package io.allium.onionservice;

import org.jspecify.annotations.NullMarked;
