package dev.cairn.kv.audit;

import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.SshSignature;
import dev.cairn.ssh.VerifiedSignature;

/** A signature by itself, verified here, by the key that it names; whose that is, others must know. */
sealed interface JudgedSignature {
    ChangeRecord.Taken taken();

    record Good(ChangeRecord.Taken taken, VerifiedSignature verified) implements JudgedSignature {}

    record Bad(ChangeRecord.Taken taken, String why) implements JudgedSignature {}

    static JudgedSignature of(ChangeRecord.Taken taken, SignedText change) {
        try {
            SshSignature signature = SshSignature.parse(taken.signature());
            SshPublicKey key = SshPublicKey.parse(signature.keyBlob());
            Bytes text = text(taken.purpose(), change.chain(), change.digest(), change.text());
            return new Good(taken, signature.verify(key, taken.purpose().namespace(), text));
        } catch (SshException e) {
            return new Bad(taken, String.valueOf(e.getMessage()));
        }
    }

    private static Bytes text(Purpose purpose, Digest chain, Digest digest, Bytes change) {
        return switch (purpose) {
            case CHANGE, ADMIN -> change;
            case APPROVE -> new Endorsement(Endorsement.Kind.APPROVAL, chain, digest).text();
            case WITHDRAW -> new Endorsement(Endorsement.Kind.WITHDRAWAL, chain, digest).text();
        };
    }
}
