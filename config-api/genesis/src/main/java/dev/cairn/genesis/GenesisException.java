package dev.cairn.genesis;

/** There is no genesis document where one should be. The message is one line: what is wrong, where, and what to do. */
public final class GenesisException extends Exception {
    private static final long serialVersionUID = 1L;

    public GenesisException(String message) {
        super(message);
    }

    public GenesisException(String message, Throwable cause) {
        super(message, cause);
    }
}
