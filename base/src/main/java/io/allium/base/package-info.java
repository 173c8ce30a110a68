/** What we need from the machine, and bytes. */
@NullMarked
package io.allium.base;

import org.jspecify.annotations.NullMarked;
