package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.cli.Launch;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Principal;
import dev.cairn.ssh.Fingerprint;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.VerifiedSignature;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/** Has the user's key sign a text, if it is the key of somebody whose signature could count. */
record Signing(Governance governance, KeyOption key, long nowSeconds) {
    /** @param name whose signature it is */
    record Done(Purpose purpose, PrincipalName name, SshKeygen.Signed signed) {}

    /** @param file where the text is, for errors */
    Done signAsAuthor(SignedText text, Path file) throws Failure {
        PrincipalName author = text.author();
        Optional<SigningKey> own = key.find(People.keysOf(governance, author, nowSeconds));
        SigningKey chosen = own.isPresent()
                ? own.get()
                : key.choose(
                        candidate -> People.signsNow(governance, candidate, nowSeconds)
                                .isPresent(),
                        author.text());
        Optional<Owner> owner = chosen.fingerprint().flatMap(this::owner);
        if (owner.isPresent()) {
            requireAuthor(owner.get().name(), author, file);
        }
        Done done = sign(text, Texts.authorsPurpose(text), chosen);
        requireAuthor(done.name(), author, file);
        return done;
    }

    private static void requireAuthor(PrincipalName signer, PrincipalName author, Path file) throws Failure {
        if (!signer.equals(author)) {
            throw new Failure("you are " + signer + ", its author is " + author + ": " + Launch.called() + " approve "
                    + file + ", or " + Launch.called() + " sign --approve " + file);
        }
    }

    /** Whose signature it would be, and with what kind of key. */
    record Owner(PrincipalName name, KeyKind keyKind) {}

    /** Where an approval or a withdrawal comes from. */
    sealed interface Endorser {
        /** Nothing where a key does not tell whose it is before it has signed. */
        Optional<Owner> owner();

        /** A key that has yet to sign. */
        record WithKey(SigningKey key, Optional<Owner> owner) implements Endorser {}

        /** A signature that was made by other means. */
        record HasSigned(Done done) implements Endorser {
            @Override
            public Optional<Owner> owner() {
                SshPublicKey used = done.signed().signature().key();
                return Optional.of(new Owner(done.name(), used.kind()));
            }
        }
    }

    /** Of an approval anybody registered but the author, whose signature says more; or anybody, of a withdrawal. */
    Endorser endorser(SignedText text, Purpose purpose) throws Failure {
        Predicate<SshPublicKey> belongs = candidate -> People.signsNow(governance, candidate, nowSeconds)
                .map(Principal::name)
                .filter(name -> purpose == Purpose.WITHDRAW || !name.equals(text.author()))
                .isPresent();
        SigningKey chosen = key.choose(
                belongs,
                purpose == Purpose.WITHDRAW
                        ? "anybody who could sign this"
                        : "anybody besides its author, " + text.author() + ", who could approve this");
        return new Endorser.WithKey(chosen, chosen.fingerprint().flatMap(this::owner));
    }

    /** What somebody has signed by other means. */
    Endorser endorsed(SignedText text, Purpose purpose, ChangeFiles.Content signature) throws Failure {
        try {
            VerifiedSignature verified =
                    SshKeygen.verify(signature.bytes(), purpose.namespace(), Judgement.signedText(text, purpose));
            return new Endorser.HasSigned(done(purpose, new SshKeygen.Signed(signature.bytes(), verified)));
        } catch (SshException e) {
            throw new Failure(signature.file() + ": " + e.getMessage(), e);
        }
    }

    Done endorse(SignedText text, Purpose purpose, Endorser endorser) throws Failure {
        return switch (endorser) {
            case Endorser.WithKey(SigningKey chosen, var _) -> sign(text, purpose, chosen);
            case Endorser.HasSigned(Done done) -> done;
        };
    }

    private Optional<Owner> owner(Fingerprint fingerprint) {
        return governance.registry().principals().stream()
                .flatMap(principal -> principal.keys().stream())
                .map(Principal.HeldKey::key)
                .filter(candidate -> candidate.fingerprint().equals(fingerprint))
                .findFirst()
                .flatMap(found -> People.signsNow(governance, found, nowSeconds)
                        .map(principal -> new Owner(principal.name(), found.kind())));
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
