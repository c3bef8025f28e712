package dev.cairn.kv.change;

import dev.cairn.kv.guard.Role;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.Fingerprint;
import java.util.ArrayList;
import java.util.List;

/** Takes the words of one line, from the left. */
final class Phrase {
    private static final String NONE = "-";

    private final Lines in;
    private final String[] words;
    private int at;

    Phrase(Lines in, String line) {
        this.in = in;
        this.words = line.split(" ", -1);
    }

    String word() throws ChangeException {
        if (at == words.length) {
            throw in.wrong("ends too early");
        }
        return words[at++];
    }

    /** Takes the next word if it is this one. */
    boolean takes(String word) {
        boolean found = at < words.length && words[at].equals(word);
        at += found ? 1 : 0;
        return found;
    }

    void require(String word) throws ChangeException {
        if (!takes(word)) {
            throw in.wrong("has no \"" + word + "\" as word " + (at + 1));
        }
    }

    void requireEnd() throws ChangeException {
        if (at != words.length) {
            throw in.wrong("has words behind its end, from \"" + words[at] + "\" on");
        }
    }

    long number() throws ChangeException {
        return in.number(word());
    }

    int smallNumber() throws ChangeException {
        long number = number();
        if (number > Integer.MAX_VALUE) {
            throw in.wrong("has a number above " + Integer.MAX_VALUE);
        }
        return (int) number;
    }

    long numberAfter(String word) throws ChangeException {
        require(word);
        return number();
    }

    int smallAfter(String word) throws ChangeException {
        require(word);
        return smallNumber();
    }

    long time() throws ChangeException {
        return in.time(word());
    }

    Bytes key() throws ChangeException {
        return in.key(word());
    }

    PrincipalName name() throws ChangeException {
        return new PrincipalName(word());
    }

    Fingerprint fingerprint() throws ChangeException {
        return Fingerprint.parse(word())
                .orElseThrow(() -> in.wrong("has no fingerprint as `ssh-keygen -l` prints it, SHA256:…"));
    }

    Digest digest() throws ChangeException {
        return in.digest(word());
    }

    /** Words parted by commas; a dash stands for none. */
    List<String> list() throws ChangeException {
        String list = word();
        return list.equals(NONE) ? List.of() : List.of(list.split(",", -1));
    }

    List<PrincipalName> names() throws ChangeException {
        return list().stream().map(PrincipalName::new).toList();
    }

    List<Role> roles() throws ChangeException {
        return list().stream().map(Role::new).toList();
    }

    /** What {@link #list} reads, from things in the order wanted. */
    static String printList(Iterable<?> items) {
        List<String> all = new ArrayList<>();
        items.forEach(item -> all.add(item.toString()));
        return all.isEmpty() ? NONE : String.join(",", all);
    }

    ChangeException wrong(String how) {
        return in.wrong(how);
    }
}
