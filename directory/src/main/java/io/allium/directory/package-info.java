/** What we believe about the network. */
@NullMarked
package io.allium.directory;

import org.jspecify.annotations.NullMarked;
