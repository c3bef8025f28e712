/**
 * etcd's users, roles and permissions: what the state says of them, and what follows for an operation. Nothing here changes
 * anything.
 */
@NullMarked
package dev.cairn.kv.auth;

import org.jspecify.annotations.NullMarked;
