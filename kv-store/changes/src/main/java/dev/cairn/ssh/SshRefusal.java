package dev.cairn.ssh;

/** Why a key or a signature is not accepted. The exception beside it says in one line what is wrong and what to do. */
public enum SshRefusal {
    /** Not the lines that ssh-keygen writes around a signature. */
    MALFORMED_ARMOUR,
    /** The bytes end within a field, or a field cannot be what it should. */
    MALFORMED,
    TRAILING_BYTES,
    UNKNOWN_VERSION,
    /** Made for another purpose: a git commit, a file, an approval where a change is expected. */
    WRONG_NAMESPACE,
    WRONG_HASH,
    UNKNOWN_KEY_KIND,
    /** The same key in other bytes than OpenSSH's. */
    NON_CANONICAL_KEY,
    /** Not a point of the prime-order group: of small order, off the curve, or spelled in another way. */
    INVALID_POINT,
    WEAK_RSA_KEY,
    /** RSA with SHA-1 or SHA-256. */
    RSA_WITHOUT_SHA512,
    /** The signature's algorithm or key is not the one it is checked with. */
    OTHER_KEY,
    /** A hardware key that nobody touched. */
    NO_PRESENCE,
    /** All is well formed, and the signature is not the key's on this text. */
    NOT_SIGNED
}
