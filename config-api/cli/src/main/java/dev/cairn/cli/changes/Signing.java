package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Principal;
import dev.cairn.ssh.SshPublicKey;
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

    /** By anybody registered but, as their signature says more, the author. */
    Done approve(SignedText text) throws Failure {
        return endorse(text, Purpose.APPROVE, name -> !name.equals(text.author()));
    }

    Done withdraw(SignedText text) throws Failure {
        return endorse(text, Purpose.WITHDRAW, _ -> true);
    }

    private Done endorse(SignedText text, Purpose purpose, Predicate<PrincipalName> may) throws Failure {
        Predicate<SshPublicKey> belongs = candidate -> People.signsNow(governance, candidate, nowSeconds)
                .map(Principal::name)
                .filter(may)
                .isPresent();
        return sign(text, purpose, key.choose(belongs, "anybody who could sign this"));
    }

    private Done sign(SignedText text, Purpose purpose, SigningKey chosen) throws Failure {
        SshKeygen.Signed signed = SshKeygen.sign(chosen, purpose, Judgement.signedText(text, purpose));
        SshPublicKey used = signed.signature().key();
        PrincipalName name = People.signsNow(governance, used, nowSeconds)
                .map(Principal::name)
                .orElseThrow(() -> new Failure("nobody's key that is valid now is " + used
                        + "; sign with a registered key, or have this one added"));
        return new Done(purpose, name, signed);
    }
}
