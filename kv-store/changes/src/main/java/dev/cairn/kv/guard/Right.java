package dev.cairn.kv.guard;

import java.util.Arrays;
import java.util.Optional;

/** What reaches beyond keys, and gateways may do without signatures if the governance says so. */
public enum Right {
    /** To drop old revisions, down to those that the governance keeps. */
    COMPACT("compact"),
    /** To raise alarms, which hold back what nobody has signed, and to take back all but those of a full store. */
    ALARM("alarm"),
    /** To ask the primary to hand over. */
    MOVE_LEADER("move-leader"),
    /** To raise the store's revision to another store's, which compacts what is below. */
    IMPORT("import"),
    /** To change etcd's users and roles, where users may too. */
    AUTH("auth");

    /** Those there are, for people. */
    public static final String WORDS = "alarm, auth, compact, import, move-leader";

    private final String word;

    Right(String word) {
        this.word = word;
    }

    /** As it stands in texts. */
    public String word() {
        return word;
    }

    public static Optional<Right> named(String word) {
        return Arrays.stream(values()).filter(right -> right.word.equals(word)).findFirst();
    }
}
