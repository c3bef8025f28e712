package dev.cairn.server.auth;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.Background;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/**
 * bcrypt, which takes a tenth of a second on purpose: on a thread of its own, with a bounded queue before it. A password that was
 * right is known again without it for a while; what is remembered of it is a digest under a key that this process alone has.
 */
public final class Passwords implements AutoCloseable {
    /** bcrypt looks at no more. */
    public static final int MAX_BYTES = 72;

    private static final int COST = 10;

    /** A hash with a greater cost would hold up everybody else's. */
    private static final int MAX_COST = 14;

    private static final int SALT_BYTES = 16;
    private static final int MAX_WAITING = 128;
    private static final int MAX_REMEMBERED = 4096;
    private static final Pattern HASH = Pattern.compile("\\$2[aby]\\$([0-9]{2})\\$[./A-Za-z0-9]{53}");

    private final SecureRandom random;
    private final SecretKeySpec key;
    private final Background thread = new Background("passwords", 1, MAX_WAITING);
    private final Bounded<Bytes, Boolean> right = new Bounded<>(MAX_REMEMBERED);
    private final LongAdder worked = new LongAdder();

    public Passwords(SecureRandom random) {
        this.random = random;
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        this.key = new SecretKeySpec(secret, "HmacSHA256");
    }

    /**
     * Hashes a password of at most {@value #MAX_BYTES} bytes. False if too many wait; then nothing follows.
     *
     * @param isGone whether nobody waits for it any more
     */
    public boolean hash(String password, BooleanSupplier isGone, Consumer<Bytes> then) {
        return thread.offer(() -> {
            if (!isGone.getAsBoolean()) {
                byte[] salt = new byte[SALT_BYTES];
                random.nextBytes(salt);
                worked.increment();
                then.accept(Bytes.utf8(OpenBSDBCrypt.generate("2a", utf8(password), salt, COST)));
            }
        });
    }

    /** Says whether the password has that hash, at once if it is known to. False if too many wait; then nothing follows. */
    public boolean check(String password, Bytes hash, BooleanSupplier isGone, Consumer<Boolean> then) {
        Bytes known = digest(password, hash);
        if (right.get(known) != null) {
            then.accept(true);
            return true;
        }
        return thread.offer(() -> {
            if (!isGone.getAsBoolean()) {
                boolean fits = fits(password, hash);
                if (fits) {
                    right.put(known, true);
                }
                then.accept(fits);
            }
        });
    }

    /** Whether any password can fit that hash: bcrypt wrote it, and at no cost that would hold up everybody else. */
    public static boolean isCheckable(Bytes hash) {
        Matcher form = HASH.matcher(hash.toUtf8());
        return form.matches() && Integer.parseInt(form.group(1)) <= MAX_COST;
    }

    private boolean fits(String password, Bytes hash) {
        if (!isCheckable(hash)) {
            return false;
        }
        worked.increment();
        try {
            return OpenBSDBCrypt.checkPassword(hash.toUtf8(), utf8(password));
        } catch (IllegalArgumentException _) {
            return false; // of a form that bcrypt never writes
        }
    }

    private Bytes digest(String password, Bytes hash) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(hash.shared());
            mac.update((byte) 0);
            return Bytes.wrap(mac.doFinal(utf8(password)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has HmacSHA256", e);
        }
    }

    private static byte[] utf8(String password) {
        return password.getBytes(StandardCharsets.UTF_8);
    }

    public int waiting() {
        return thread.waiting();
    }

    /** How often bcrypt was worked out. */
    public long worked() {
        return worked.sum();
    }

    @Override
    public void close() {
        thread.close();
    }
}
