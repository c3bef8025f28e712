/** etcd's JSON gateway: each request is a call of the same services, each message is JSON in protobuf's mapping. */
@NullMarked
package dev.cairn.server.json;

import org.jspecify.annotations.NullMarked;
