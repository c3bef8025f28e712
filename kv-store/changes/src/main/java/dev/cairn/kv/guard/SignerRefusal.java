package dev.cairn.kv.guard;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.ssh.Fingerprint;

/** Why a signature, valid in itself, does not count for a change. */
public sealed interface SignerRefusal {
    /** What is wrong and what to do, in one line. */
    String sentence();

    record UnknownSigner(Fingerprint key) implements SignerRefusal {
        @Override
        public String sentence() {
            return "nobody is registered with the key " + key + "; sign with a registered key, or have this one added";
        }
    }

    record RevokedSigner(PrincipalName name, Fingerprint key) implements SignerRefusal {
        @Override
        public String sentence() {
            return "the key " + key + " of " + name + " is revoked; sign with another";
        }
    }

    /** The key's time, or its holder's, is over or has not begun. */
    record SignerOutOfTime(PrincipalName name, Fingerprint key) implements SignerRefusal {
        @Override
        public String sentence() {
            return "the key " + key + " of " + name + " is not valid at this block time; sign with another";
        }
    }

    /** The signature is on another text: for an approval, on one that approves another digest. */
    record OtherText(PrincipalName name, Purpose purpose) implements SignerRefusal {
        @Override
        public String sentence() {
            return name + " signed another text for " + purpose.namespace()
                    + ", not one of this change; sign this change's";
        }
    }

    record WrongPurpose(PrincipalName name, String namespace) implements SignerRefusal {
        @Override
        public String sentence() {
            return "the signature of " + name + " is for " + namespace + "; the author signs for "
                    + Purpose.CHANGE.namespace() + ", or " + Purpose.ADMIN.namespace()
                    + " if it changes the governance, everybody else for " + Purpose.APPROVE.namespace();
        }
    }

    /** Somebody else signed as the author. */
    record NotTheAuthor(PrincipalName name, PrincipalName author) implements SignerRefusal {
        @Override
        public String sentence() {
            return name + " signed as the author, who is " + author + "; approve it with ssh-keygen -Y sign -n "
                    + Purpose.APPROVE.namespace();
        }
    }

    /** One person with another key is still one person. */
    record SamePersonTwice(PrincipalName name) implements SignerRefusal {
        @Override
        public String sentence() {
            return name + " has signed already and counts once; ask somebody else";
        }
    }

    /** Stands for the last {@code count} of a long list. */
    record AndMore(int count) implements SignerRefusal {
        @Override
        public String sentence() {
            return "and " + count + " more signatures that do not count; send fewer";
        }
    }
}
