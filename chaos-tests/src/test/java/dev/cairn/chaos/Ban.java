package dev.cairn.chaos;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.TryCatchBlock;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.constant.ClassDesc;
import java.lang.reflect.AccessFlag;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What may differ between two replicas that are given the same input, and so has no place where replicas must agree.
 * Each says what to use in its stead.
 */
enum Ban {
    CLOCKS(true, "count Event.Ticked, or take the time that the block carries (Proposal.timeNanos)") {
        @Override
        void judge(JavaClass type, Report report) {
            report.types(type, "java\\.time\\..*|java\\.util\\.(Date|.*Calendar|Timer|TimerTask)|java\\.sql\\..*");
            report.calls(type, "java\\.lang\\.System\\.(currentTimeMillis|nanoTime)\\(.*");
        }
    },
    THREADS_AND_LOCKS(false, "return an Effect and let the runtime's event loop do it; one thread calls at a time") {
        @Override
        void judge(JavaClass type, Report report) {
            report.types(
                    type,
                    "java\\.util\\.concurrent\\..*|java\\.lang\\.(Thread.*|InheritableThreadLocal|Process.*|ScopedValue.*)");
            report.calls(type, "java\\.lang\\.Object\\.(wait|notify|notifyAll)\\(.*|.*\\.parallel(Stream)?\\(\\)");
            report.instructions(type, element -> element instanceof MonitorInstruction);
            report.methods(type, AccessFlag.SYNCHRONIZED);
        }
    },
    SOCKETS(true, "return Effect.Send or Effect.Broadcast") {
        @Override
        void judge(JavaClass type, Report report) {
            report.types(type, "javax?\\.net\\..*|java\\.nio\\.channels\\.(?!FileChannel$).*|java\\.rmi\\..*");
        }
    },
    FILES(false, "return Effect.Persist; the state machine's own storage is dev.cairn.kv.store") {
        @Override
        void judge(JavaClass type, Report report) {
            // A Path is a name, and streams of bytes in memory are no files.
            report.types(
                    type,
                    "java\\.nio\\.file\\.(?!Path$).*|java\\.nio\\.channels\\.FileChannel"
                            + "|java\\.io\\.(?!Serializable$|ByteArray(In|Out)putStream$|(In|Out)putStream$"
                            + "|(Unchecked)?IOException$).*");
            report.calls(type, "java\\.nio\\.file\\.Path\\.(toFile|toRealPath|register)\\(.*");
        }
    },
    RANDOMNESS(true, "derive it from a Digest that replicas agree on; none enters the protocol") {
        @Override
        void judge(JavaClass type, Report report) {
            report.types(
                    type,
                    "java\\.util\\.(Random|SplittableRandom|random\\..*)|java\\.util\\.concurrent\\.ThreadLocalRandom"
                            + "|java\\.security\\.SecureRandom");
            report.calls(
                    type,
                    "java\\.util\\.UUID\\.randomUUID\\(.*|java\\.lang\\.(Strict)?Math\\.random\\(.*"
                            + "|java\\.util\\.Collections\\.shuffle\\(.*");
        }
    },
    HASH_ORDER(
            true, "TreeMap, TreeSet, EnumMap, LinkedHashMap, LinkedHashSet or List, which have an order of their own") {
        @Override
        void judge(JavaClass type, Report report) {
            report.types(type, "java\\.util\\.(HashMap|HashSet|Hashtable|Properties|IdentityHashMap|WeakHashMap)");
            // Those of no or one element have no order to leak. The others' order is salted anew in every JVM.
            report.calls(
                    type,
                    "java\\.util\\.(Map|Set)\\.copyOf\\(.*|java\\.util\\.Map\\.ofEntries\\(.*"
                            + "|java\\.util\\.Map\\.of\\([^,]*,[^,]*,.*|java\\.util\\.Set\\.of\\((.*,.*|\\[.*)\\)"
                            + "|java\\.util\\.stream\\.Collectors\\.(toSet|toUnmodifiableSet|toUnmodifiableMap)\\(.*"
                            + "|java\\.util\\.stream\\.Collectors\\.toMap\\(([^,]*,){1,2}[^,]*\\)"
                            + "|java\\.util\\.stream\\.Collectors\\.groupingBy(Concurrent)?\\([^,]*(,[^,]*)?\\)");
        }
    },
    IDENTITY_HASHES(
            true, "compare by value: a record's own equals, an enum's ordinal, Hashing.sha256 for a hash that counts") {
        @Override
        void judge(JavaClass type, Report report) {
            report.calls(
                    type,
                    "java\\.lang\\.System\\.identityHashCode\\(.*|java\\.util\\.Objects\\.(hash|hashCode|toIdentityString)\\(.*");
            report.accesses(
                    type,
                    access -> access.getName().equals("hashCode")
                            && (access.getTargetOwner().isEquivalentTo(Object.class)
                                    || access.getTargetOwner().isAssignableTo(Enum.class)));
        }
    },
    FLOATING_POINT(true, "whole numbers: a ratio is a numerator and a denominator") {
        @Override
        void judge(JavaClass type, Report report) {
            report.types(type, "java\\.lang\\.(Float|Double)|java\\.util\\.(stream\\.)?(Optional)?Double.*");
            type.getFields().stream()
                    .filter(field -> isFloating(field.getRawType()))
                    .forEach(field -> report.add(field.getDescription()));
            type.getCodeUnits().stream()
                    .filter(unit -> isFloating(unit.getRawReturnType())
                            || unit.getRawParameterTypes().stream().anyMatch(Ban::isFloating))
                    .forEach(unit -> report.add(unit.getDescription()));
            report.instructions(type, Ban::isFloating);
        }
    },
    DEFAULT_CHARSET_OR_LOCALE(true, "name it: StandardCharsets.UTF_8, Locale.ROOT") {
        @Override
        void judge(JavaClass type, Report report) {
            report.types(type, "java\\.text\\..*|java\\.util\\.(TimeZone|Formatter|Scanner|ResourceBundle)");
            report.calls(
                    type,
                    "java\\.lang\\.String\\.(getBytes|toLowerCase|toUpperCase)\\(\\)"
                            + "|java\\.lang\\.String\\.formatted\\(.*|java\\.lang\\.String\\.format\\(java\\.lang\\.String,.*"
                            + "|java\\.lang\\.String\\.<init>\\(\\[B(, int, int)?\\)"
                            + "|java\\.nio\\.charset\\.Charset\\.defaultCharset\\(.*|java\\.util\\.Locale\\.getDefault\\(.*");
        }
    },
    ARRAYS_IN_RECORDS(
            true,
            "dev.cairn.protocol.model.Bytes or an immutable List: an array can be changed behind the record's back") {
        @Override
        void judge(JavaClass type, Report report) {
            if (type.isRecord()) {
                type.getFields().stream()
                        .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                        .filter(field -> field.getRawType().isArray())
                        .forEach(field -> report.add(field.getDescription()));
            }
        }
    },
    MEMORY_AND_STACK(true, "bound the input by a limit that every replica shares, and refuse what exceeds it") {
        @Override
        void judge(JavaClass type, Report report) {
            for (JavaCodeUnit unit : type.getCodeUnits()) {
                // try with resources catches Throwable by itself, to suppress what closing throws.
                boolean closes = unit.getMethodCallsFromSelf().stream()
                        .anyMatch(call -> call.getName().equals("addSuppressed"));
                for (TryCatchBlock block : unit.getTryCatchBlocks()) {
                    for (JavaClass caught : block.getCaughtThrowables()) {
                        boolean fatal =
                                FATAL.contains(caught.getName()) || (caught.isEquivalentTo(Throwable.class) && !closes);
                        if (fatal) {
                            report.add(unit.getDescription() + " catches " + caught.getName());
                        }
                    }
                }
            }
            report.types(type, "java\\.lang\\.ref\\..*|java\\.lang\\.(Runtime|StackWalker.*|StackTraceElement)");
        }
    },
    CRYPTOGRAPHY(true, "Hashing.sha256, and Verified messages: signatures are the Authenticator's, outside") {
        @Override
        void judge(JavaClass type, Report report) {
            report.types(
                    type,
                    "javax\\.crypto\\..*|java\\.security\\.(?!(MessageDigest|NoSuchAlgorithmException|DigestException)$).*");
        }
    };

    /** Whether it binds the state machine's durable storage too. */
    final boolean bindsStorage;

    final String instead;

    Ban(boolean bindsStorage, String instead) {
        this.bindsStorage = bindsStorage;
        this.instead = instead;
    }

    abstract void judge(JavaClass type, Report report);

    ArchRule rule(DescribedPredicate<? super JavaClass> bound) {
        ArchCondition<JavaClass> condition = new ArchCondition<>("use no " + name()) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                judge(type, new Report(type, events));
            }
        };
        return classes().that(bound).should(condition).because("replicas must agree; instead: " + instead);
    }

    private static final Set<String> FATAL = Set.of(
            "java.lang.Error",
            "java.lang.VirtualMachineError",
            "java.lang.StackOverflowError",
            "java.lang.OutOfMemoryError",
            "java.lang.InternalError");

    private static final Set<TypeKind> FLOATING = Set.of(TypeKind.FLOAT, TypeKind.DOUBLE);

    private static boolean isFloating(CodeElement element) {
        return switch (element) {
            case LoadInstruction load -> FLOATING.contains(load.typeKind());
            case StoreInstruction store -> FLOATING.contains(store.typeKind());
            case ArrayLoadInstruction load -> FLOATING.contains(load.typeKind());
            case ArrayStoreInstruction store -> FLOATING.contains(store.typeKind());
            case NewPrimitiveArrayInstruction array -> FLOATING.contains(array.typeKind());
            case ReturnInstruction result -> FLOATING.contains(result.typeKind());
            case ConstantInstruction constant -> FLOATING.contains(constant.typeKind());
            case ConvertInstruction convert ->
                FLOATING.contains(convert.fromType()) || FLOATING.contains(convert.toType());
            case OperatorInstruction operator -> FLOATING.contains(operator.typeKind());
            case FieldInstruction field -> isFloating(field.typeSymbol());
            case InvokeInstruction call ->
                call.typeSymbol().parameterList().stream().anyMatch(Ban::isFloating)
                        || isFloating(call.typeSymbol().returnType());
            default -> false;
        };
    }

    private static boolean isFloating(ClassDesc type) {
        return type.descriptorString().matches("\\[*[DF]");
    }

    private static boolean isFloating(JavaClass type) {
        return Set.of("float", "double").contains(type.getBaseComponentType().getName());
    }

    /** Collects what one class does that it must not. */
    record Report(JavaClass type, ConditionEvents events) {
        void add(String what) {
            events.add(violated(type, what));
        }

        void types(JavaClass from, String names) {
            Predicate<String> banned = Pattern.compile(names).asMatchPredicate();
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                if (banned.test(
                        dependency.getTargetClass().getBaseComponentType().getName())) {
                    add(dependency.getDescription());
                }
            }
        }

        /** {@code names} is matched with a full method name and its parameter types, as in {@code java.lang.String.substring(int, int)}. */
        void calls(JavaClass from, String names) {
            Predicate<String> banned = Pattern.compile(names).asMatchPredicate();
            accesses(from, access -> banned.test(access.getTarget().getFullName()));
        }

        void accesses(JavaClass from, Predicate<JavaAccess<?>> banned) {
            from.getAccessesFromSelf().stream().filter(banned).forEach(access -> add(access.getDescription()));
        }

        void methods(JavaClass from, AccessFlag flag) {
            for (var method : read(from).methods()) {
                if (method.flags().has(flag)) {
                    add(from.getName() + "." + method.methodName().stringValue() + " is " + flag);
                }
            }
        }

        void instructions(JavaClass from, Predicate<CodeElement> banned) {
            for (var method : read(from).methods()) {
                method.code()
                        .flatMap(code -> code.elementStream().filter(banned).findFirst())
                        .ifPresent(found ->
                                add(from.getName() + "." + method.methodName().stringValue() + " has " + found));
            }
        }

        private static ClassModel read(JavaClass type) {
            var source = type.getSource().orElseThrow(() -> new IllegalStateException(type + " has no class file"));
            try (InputStream in = source.getUri().toURL().openStream()) {
                return ClassFile.of().parse(in.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
