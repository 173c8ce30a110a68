/**
 * What controllers see and do, and how they say it: the control protocol. The port knows the language and nothing of Tor; each
 * part of a running Tor puts its own keys, commands and events into the {@link io.allium.control.ControlCatalogue}.
 */
@NullMarked
package io.allium.control;

import org.jspecify.annotations.NullMarked;
