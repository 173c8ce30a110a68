/** Configuration, listeners, control port, main(). */
@NullMarked
package io.allium.app;

import org.jspecify.annotations.NullMarked;
