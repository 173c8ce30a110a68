/** A control port with the parts that a test puts behind it, and a controller that says just what it is told to. */
@NullMarked
package io.allium.controltesting;

import org.jspecify.annotations.NullMarked;
