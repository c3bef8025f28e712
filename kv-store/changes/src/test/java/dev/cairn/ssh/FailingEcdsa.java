package dev.cairn.ssh;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyFactorySpi;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import org.jspecify.annotations.Nullable;

/** Java's ECDSA with one fault. */
final class FailingEcdsa extends Provider {
    private static final long serialVersionUID = 1L;
    private static final String ALGORITHM = "SHA256withECDSAinP1363Format";

    enum Fault {
        MAKES_NO_KEY,
        BREAKS_MAKING_A_KEY,
        TAKES_NO_KEY,
        REFUSES_TO_ANSWER,
        BREAKS_ANSWERING
    }

    FailingEcdsa(Fault fault) {
        super("FailingEcdsa", "1", "Java's ECDSA with one fault");
        putService(new Service(this, "KeyFactory", "EC", Keys.class.getName(), null, null) {
            @Override
            public Object newInstance(@Nullable Object parameter) {
                return new Keys(fault);
            }
        });
        putService(new Service(this, "Signature", ALGORITHM, Verifier.class.getName(), null, null) {
            @Override
            public Object newInstance(@Nullable Object parameter) {
                return new Verifier(fault);
            }
        });
    }

    private static final class Keys extends KeyFactorySpi {
        private final Fault fault;

        Keys(Fault fault) {
            this.fault = fault;
        }

        @Override
        protected PublicKey engineGeneratePublic(KeySpec spec) throws InvalidKeySpecException {
            if (fault == Fault.MAKES_NO_KEY) {
                throw new InvalidKeySpecException("a fault");
            }
            if (fault == Fault.BREAKS_MAKING_A_KEY) {
                throw new ProviderException("a fault");
            }
            try {
                return KeyFactory.getInstance("EC", "SunEC").generatePublic(spec);
            } catch (InvalidKeySpecException e) {
                throw e;
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        protected PrivateKey engineGeneratePrivate(KeySpec spec) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected <T extends KeySpec> T engineGetKeySpec(Key key, Class<T> form) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected Key engineTranslateKey(Key key) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Verifier extends SignatureSpi {
        private final Fault fault;
        private final Signature java;

        Verifier(Fault fault) {
            this.fault = fault;
            try {
                this.java = Signature.getInstance(ALGORITHM, "SunEC");
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
            if (fault == Fault.TAKES_NO_KEY) {
                throw new InvalidKeyException("a fault");
            }
            java.initVerify(key);
        }

        @Override
        protected void engineUpdate(byte next) throws SignatureException {
            java.update(next);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int from, int length) throws SignatureException {
            java.update(bytes, from, length);
        }

        @Override
        protected boolean engineVerify(byte[] signature) throws SignatureException {
            if (fault == Fault.REFUSES_TO_ANSWER) {
                throw new SignatureException("a fault");
            }
            if (fault == Fault.BREAKS_ANSWERING) {
                throw new ProviderException("a fault");
            }
            return java.verify(signature);
        }

        @Override
        protected void engineInitSign(PrivateKey key) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected byte[] engineSign() {
            throw new UnsupportedOperationException();
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String name, Object value) {
            throw new UnsupportedOperationException();
        }

        @Override
        @Deprecated
        protected Object engineGetParameter(String name) {
            throw new UnsupportedOperationException();
        }
    }
}
