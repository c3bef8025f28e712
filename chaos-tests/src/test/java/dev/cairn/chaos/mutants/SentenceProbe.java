package dev.cairn.chaos.mutants;

import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What is loaded with a planted fault: runs one test, named {@code Class#method}, and says how it fails, nothing if it does not. */
public final class SentenceProbe implements Function<String, String> {
    @Override
    public String apply(String test) {
        String[] parts = test.split("#", 2);
        try {
            Class<?> type = Class.forName(parts[0], true, getClass().getClassLoader());
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            Object instance = constructor.newInstance();
            callAll(instance, BeforeEach.class);
            try {
                call(instance, type.getDeclaredMethod(parts[1]));
                return "";
            } catch (InvocationTargetException failure) {
                return String.valueOf(failure.getCause());
            } finally {
                callAll(instance, AfterEach.class);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot run " + test, e);
        }
    }

    private static void callAll(Object instance, Class<? extends Annotation> when) throws ReflectiveOperationException {
        List<Class<?>> types = new ArrayList<>();
        for (Class<?> type = instance.getClass(); type != null; type = type.getSuperclass()) {
            types.addFirst(type);
        }
        for (Class<?> type : types) {
            for (Method method : Stream.of(type.getDeclaredMethods())
                    .filter(each -> each.isAnnotationPresent(when))
                    .toList()) {
                call(instance, method);
            }
        }
    }

    private static void call(Object instance, Method method) throws ReflectiveOperationException {
        method.setAccessible(true);
        method.invoke(instance);
    }
}
