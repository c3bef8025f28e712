package dev.cairn.chaos;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What each {@link Ban} is there to find, one thing a class; and what none may complain about. */
@SuppressWarnings({"unused", "DefaultCharset", "StringCaseLocaleUsage", "ArrayRecordComponent", "UnusedVariable"})
final class Offences {
    static final Map<Ban, List<Class<?>>> OF = Map.ofEntries(
            Map.entry(Ban.CLOCKS, List.of(NanoTime.class, MillisByReference.class, Now.class)),
            Map.entry(
                    Ban.THREADS_AND_LOCKS,
                    List.of(Starts.class, Counts.class, Locks.class, LocksAll.class, Parallel.class)),
            Map.entry(Ban.SOCKETS, List.of(Connects.class)),
            Map.entry(Ban.FILES, List.of(Reads.class, Prints.class)),
            Map.entry(Ban.RANDOMNESS, List.of(Rolls.class, Names.class, Shuffles.class)),
            Map.entry(
                    Ban.HASH_ORDER,
                    List.of(Hashes.class, TwoEntries.class, TwoElements.class, Copies.class, Collects.class)),
            Map.entry(Ban.IDENTITY_HASHES, List.of(Identity.class, EnumHash.class, MixedHash.class)),
            Map.entry(Ban.FLOATING_POINT, List.of(Local.class, Field.class, Constant.class)),
            Map.entry(
                    Ban.DEFAULT_CHARSET_OR_LOCALE, List.of(Encodes.class, Decodes.class, Lowers.class, Formats.class)),
            Map.entry(Ban.ARRAYS_IN_RECORDS, List.of(Holder.class)),
            Map.entry(Ban.MEMORY_AND_STACK, List.of(Deep.class, Anything.class, FreeMemory.class)),
            Map.entry(Ban.CRYPTOGRAPHY, List.of(Signs.class)));

    private Offences() {}

    static class NanoTime {
        long bad() {
            return System.nanoTime();
        }
    }

    static class MillisByReference {
        Supplier<Long> bad() {
            return System::currentTimeMillis;
        }
    }

    static class Now {
        String bad() {
            return Instant.now().toString();
        }
    }

    static class Starts {
        Object bad() {
            return new Thread(() -> {});
        }
    }

    static class Counts {
        final AtomicLong bad = new AtomicLong();
    }

    static class Locks {
        int guarded;

        void bad() {
            synchronized (this) {
                guarded++;
            }
        }
    }

    static class LocksAll {
        int guarded;

        synchronized void bad() {
            guarded++;
        }
    }

    static class Parallel {
        long bad(List<String> of) {
            return of.parallelStream().count();
        }
    }

    static class Connects {
        Object bad() {
            return new java.net.Socket();
        }
    }

    static class Reads {
        boolean bad(Path path) {
            return Files.exists(path);
        }
    }

    static class Prints {
        void bad() {
            System.out.println();
        }
    }

    static class Rolls {
        int bad() {
            return new Random(1).nextInt();
        }
    }

    static class Names {
        UUID bad() {
            return UUID.randomUUID();
        }
    }

    static class Shuffles {
        void bad(List<String> list) {
            Collections.shuffle(list);
        }
    }

    static class Hashes {
        Map<String, String> bad() {
            return new HashMap<>();
        }
    }

    static class TwoEntries {
        final Map<String, String> bad = Map.of("a", "b", "c", "d");
    }

    static class TwoElements {
        final Set<String> bad = Set.of("a", "b");
    }

    static class Copies {
        Map<String, String> bad(Map<String, String> of) {
            return Map.copyOf(of);
        }
    }

    static class Collects {
        Set<String> bad(Stream<String> of) {
            return of.collect(Collectors.toSet());
        }
    }

    static class Identity {
        int bad() {
            return System.identityHashCode(this);
        }
    }

    static class EnumHash {
        int bad(Ban of) {
            return of.hashCode();
        }
    }

    static class MixedHash {
        int bad(Ban of) {
            return Objects.hash(of, 1);
        }
    }

    static class Local {
        int bad(int of) {
            return (int) (of * 1.5);
        }
    }

    static class Field {
        float bad;
    }

    static class Constant {
        Object bad() {
            return new LinkedHashMap<String, String>(16, 0.75f);
        }
    }

    static class Encodes {
        byte[] bad(String of) {
            return of.getBytes();
        }
    }

    static class Decodes {
        String bad(byte[] of) {
            return new String(of);
        }
    }

    static class Lowers {
        String bad(String of) {
            return of.toLowerCase();
        }
    }

    static class Formats {
        String bad(int of) {
            return String.format("%d", of);
        }
    }

    record Holder(byte[] bad) {}

    static class Deep {
        boolean bad(Runnable task) {
            try {
                task.run();
                return true;
            } catch (StackOverflowError e) {
                return false;
            }
        }
    }

    static class Anything {
        boolean bad(Runnable task) {
            try {
                task.run();
                return true;
            } catch (Throwable e) {
                return false;
            }
        }
    }

    static class FreeMemory {
        long bad() {
            return Runtime.getRuntime().freeMemory();
        }
    }

    static class Signs {
        Object bad() throws NoSuchAlgorithmException {
            return KeyPairGenerator.getInstance("Ed25519");
        }
    }

    record Point(int x, String name, List<Ban> bans) {
        static final byte[] CONSTANT = {1};
    }

    static final class Harmless {
        private final Map<String, Integer> ordered = new LinkedHashMap<>();
        private final Map<String, Integer> one = Map.of("one", 1);

        byte[] digest(String text) throws NoSuchAlgorithmException {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        }

        String text(Path path, Object value, Ban ban) {
            return switch (value) {
                case Point(int x, String name, var bans) -> name.toLowerCase(Locale.ROOT) + x + bans.hashCode();
                case String text when text.hashCode() == 1 -> text + path;
                default -> ban == Ban.CLOCKS ? "clock" : "none";
            };
        }

        Map<String, Long> collect(List<String> names) {
            return names.stream().collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
        }

        int close(Supplier<AutoCloseable> resource) throws Exception {
            try (AutoCloseable open = resource.get()) {
                return new ArrayList<>(List.of(open)).size();
            } catch (IllegalStateException e) {
                return ordered.size() + one.size();
            } finally {
                ordered.clear();
            }
        }
    }
}
