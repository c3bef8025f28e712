package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Principal;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.VerifiedSignature;
import java.util.function.Predicate;

/** Has the user's key sign a text, if it is the key of somebody whose signature could count. */
record Signing(Governance governance, KeyOption key, long nowSeconds) {
    /** @param name whose signature it is */
    record Done(Purpose purpose, PrincipalName name, SshKeygen.Signed signed) {}

    Done signAsAuthor(SignedText text) throws Failure {
        PrincipalName author = text.author();
        SigningKey chosen = key.choose(People.keysOf(governance, author, nowSeconds), author.text());
        Done done = sign(text, Texts.authorsPurpose(text), chosen);
        if (!done.name().equals(author)) {
            throw new Failure("the key is " + done.name() + "'s, and the author is " + author
                    + "; sign with a key of theirs, or approve it");
        }
        return done;
    }

    /** An approval, by anybody registered but the author, whose signature says more; or anybody's withdrawal. */
    Done endorse(SignedText text, Purpose purpose) throws Failure {
        Predicate<SshPublicKey> belongs = candidate -> People.signsNow(governance, candidate, nowSeconds)
                .map(Principal::name)
                .filter(name -> purpose == Purpose.WITHDRAW || !name.equals(text.author()))
                .isPresent();
        return sign(text, purpose, key.choose(belongs, "anybody who could sign this"));
    }

    /** What somebody has signed by other means. */
    Done endorsed(SignedText text, Purpose purpose, ChangeFiles.Content signature) throws Failure {
        try {
            VerifiedSignature verified =
                    SshKeygen.verify(signature.bytes(), purpose.namespace(), Judgement.signedText(text, purpose));
            return done(purpose, new SshKeygen.Signed(signature.bytes(), verified));
        } catch (SshException e) {
            throw new Failure(signature.file() + ": " + e.getMessage(), e);
        }
    }

    private Done sign(SignedText text, Purpose purpose, SigningKey chosen) throws Failure {
        return done(purpose, SshKeygen.sign(chosen, purpose, Judgement.signedText(text, purpose)));
    }

    private Done done(Purpose purpose, SshKeygen.Signed signed) throws Failure {
        SshPublicKey used = signed.signature().key();
        PrincipalName name = People.signsNow(governance, used, nowSeconds)
                .map(Principal::name)
                .orElseThrow(() -> new Failure("nobody's key that is valid now is " + used
                        + "; sign with a registered key, or have this one added"));
        return new Done(purpose, name, signed);
    }
}
