/** Between calls and consensus: many calls become few signed requests, many reads share one read index. */
@NullMarked
package dev.cairn.server.gateway;

import org.jspecify.annotations.NullMarked;
