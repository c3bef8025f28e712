/** The replica's client port: gRPC and HTTP/1.1 side by side on one listening socket. */
@NullMarked
package dev.cairn.server.net;

import org.jspecify.annotations.NullMarked;
