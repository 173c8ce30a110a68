/** The text language of the directory. */
@NullMarked
package io.allium.netdoc;

import org.jspecify.annotations.NullMarked;
