package dev.cairn.kv.change;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.guard.Role;
import dev.cairn.kv.guard.Scope;
import dev.cairn.ssh.Fingerprint;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/** What a change of the governance does. No two of one change are about the same thing, so their order means nothing. */
public sealed interface AdminOperation {
    /** Names what it is about. */
    String subject();

    /** Makes a principal, or gives one that is there other roles and another lifetime; the keys stay. */
    record SetPrincipal(Principal.Kind kind, PrincipalName name, NavigableSet<Role> roles, Lifetime lifetime)
            implements AdminOperation {
        public SetPrincipal {
            roles = Collections.unmodifiableNavigableSet(new TreeSet<>(roles));
            requireUnrevoked(lifetime);
            if (roles.size() > Principal.MAX_ROLES) {
                throw new IllegalArgumentException(
                        name + " gets " + roles.size() + " roles; give at most " + Principal.MAX_ROLES);
            }
        }

        @Override
        public String subject() {
            return "the principal " + name;
        }
    }

    /** From the block time of execution on, for good. */
    record RevokePrincipal(Principal.Kind kind, PrincipalName name) implements AdminOperation {
        @Override
        public String subject() {
            return "the principal " + name;
        }
    }

    /** Gives a principal a key, or one that it holds another lifetime. A new key counts from execution on at the earliest. */
    record SetKey(PrincipalName holder, Principal.HeldKey key) implements AdminOperation {
        public SetKey {
            requireUnrevoked(key.lifetime());
        }

        @Override
        public String subject() {
            return "the key " + key.key().fingerprint();
        }
    }

    /** From the block time of execution on, for good. */
    record RevokeKey(PrincipalName holder, Fingerprint key) implements AdminOperation {
        @Override
        public String subject() {
            return "the key " + key;
        }
    }

    /** In place of whatever decided in its scope. */
    record SetGuard(Guard guard) implements AdminOperation {
        @Override
        public String subject() {
            return guard.scope().name();
        }
    }

    /** The registry's guard can be replaced and not removed: nobody could ever change anything again. */
    record RemoveGuard(Scope scope) implements AdminOperation {
        public RemoveGuard {
            if (scope.equals(Scope.REGISTRY)) {
                throw new IllegalArgumentException("the registry's guard cannot be removed; set another in its place");
            }
        }

        @Override
        public String subject() {
            return scope.name();
        }
    }

    /** In place of the guard that the prefix may have. */
    record SetOpen(Scope.OfPrefix scope) implements AdminOperation {
        @Override
        public String subject() {
            return scope.name();
        }
    }

    record RemoveOpen(Scope.OfPrefix scope) implements AdminOperation {
        @Override
        public String subject() {
            return scope.name();
        }
    }

    record SetRight(Right right) implements AdminOperation {
        @Override
        public String subject() {
            return "the right " + right.word();
        }
    }

    record RemoveRight(Right right) implements AdminOperation {
        @Override
        public String subject() {
            return "the right " + right.word();
        }
    }

    record SetKeepRevisions(long revisions) implements AdminOperation {
        public SetKeepRevisions {
            requireRevision(revisions);
        }

        @Override
        public String subject() {
            return "keep-revisions";
        }
    }

    /** Drops what was overwritten before {@code revision}; the governance stays as it is. */
    record Compact(long revision) implements AdminOperation {
        public Compact {
            requireRevision(revision);
        }

        @Override
        public String subject() {
            return "compact";
        }
    }

    private static void requireUnrevoked(Lifetime lifetime) {
        if (lifetime.revokedSeconds().isPresent()) {
            throw new IllegalArgumentException("a lifetime that is set has no revocation; use a revoke line");
        }
    }

    private static void requireRevision(long revision) {
        if (revision < 0 || revision > Governance.MAX_KEEP_REVISIONS) {
            throw new IllegalArgumentException("a number of revisions is from 0 to " + Governance.MAX_KEEP_REVISIONS
                    + ", not " + revision + "; correct it");
        }
    }
}
