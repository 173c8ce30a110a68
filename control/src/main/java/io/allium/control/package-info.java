/**
 * What controllers see and do, and how they say it: the control protocol; and what those see who only watch: {@link
 * io.allium.control.Metrics}. The port knows the language and nothing of Tor; each part of a running Tor puts its own keys,
 * commands and events into the {@link io.allium.control.ControlCatalogue}, and shows its own figures.
 */
@NullMarked
package io.allium.control;

import org.jspecify.annotations.NullMarked;
