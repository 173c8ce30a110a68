/**
 * The small web server behind an onion address: a folder as a site, files to hand over once, a page to leave files at. It
 * knows nothing of Tor, tells nobody its clock or its name, and takes every visitor for hostile.
 *
 * <p>{@link io.allium.web.WebServer} accepts connections and gives each a task; {@link io.allium.web.WebConnection} reads
 * one request after another, asks a {@link io.allium.web.Handler} and writes its {@link io.allium.web.Response}. The three
 * handlers are {@link io.allium.web.Site}, {@link io.allium.web.Share} and {@link io.allium.web.Inbox}.
 */
@NullMarked
package io.allium.web;

import org.jspecify.annotations.NullMarked;
