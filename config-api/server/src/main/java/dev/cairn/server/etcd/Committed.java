package dev.cairn.server.etcd;

import dev.cairn.kv.LeaseView;
import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.auth.Authoriser;

/**
 * What one committed state says of users, of what they may do, and of leases: who is judged by one state must not be told of
 * another. Nothing of it blocks.
 */
public record Committed(AuthView auth, Authoriser authoriser, LeaseView leases) {}
