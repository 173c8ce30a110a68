/** What the tests of several modules share: a clock that they move, a log that they read, and how they wait. */
@NullMarked
package io.allium.testing;

import org.jspecify.annotations.NullMarked;
