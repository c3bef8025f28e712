package dev.cairn.cli.imports;

import dev.cairn.kv.model.Permission;
import dev.cairn.protocol.model.Bytes;
import java.util.List;

/**
 * Users and roles of an etcd.
 *
 * @param enabled whether they were asked for
 */
record EtcdAuth(boolean enabled, List<Role> roles, List<User> users) {
    static final EtcdAuth NONE = new EtcdAuth(false, List.of(), List.of());

    EtcdAuth {
        roles = List.copyOf(roles);
        users = List.copyOf(users);
    }

    record Role(Bytes name, List<Permission> permissions) {
        Role {
            permissions = List.copyOf(permissions);
        }
    }

    /** @param passwordHash bcrypt's, in its text form; empty where there is none */
    record User(Bytes name, Bytes passwordHash, boolean noPassword, List<Bytes> roles) {
        User {
            roles = List.copyOf(roles);
        }
    }
}
