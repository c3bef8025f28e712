/** What operators and probes ask over HTTP: health, version, metrics. */
@NullMarked
package dev.cairn.server.http;

import org.jspecify.annotations.NullMarked;
