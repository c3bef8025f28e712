package dev.cairn.genesis.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as values: text, whole numbers, flags, null, lists, objects. Fractions are refused, because nothing that is
 * hashed may depend on how they are rounded. {@link #parse} and {@link #render} are each other's inverse on values;
 * {@code render} has one fixed layout, so a document is canonical when it renders to its own bytes.
 */
public sealed interface Json {
    record Text(String value) implements Json {}

    record Whole(long value) implements Json {}

    record Flag(boolean value) implements Json {}

    record Null() implements Json {}

    record Items(List<Json> values) implements Json {
        public Items {
            values = List.copyOf(values);
        }
    }

    /** Keeps the order in which its fields were put in. */
    record Fields(Map<String, Json> values) implements Json {
        public Fields {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }
    }

    /** Reads exactly one value; trailing text, a field named twice and fractions are refused with line and column. */
    static Json parse(String text) throws MalformedException {
        return new JsonParser(text).document();
    }

    /** The value in the one layout: two blanks per level, one field or item a line, a newline at the end. */
    default String render() {
        StringBuilder out = new StringBuilder();
        JsonWriter.write(out, this, 0);
        return out.append('\n').toString();
    }

    /** The value on one line, without a newline. */
    default String renderLine() {
        StringBuilder out = new StringBuilder();
        JsonWriter.writeLine(out, this);
        return out.toString();
    }

    static Json text(@Nullable String value) {
        return value == null ? new Null() : new Text(value);
    }

    static Json whole(long value) {
        return new Whole(value);
    }

    static Json flag(boolean value) {
        return new Flag(value);
    }

    static Builder object() {
        return new Builder();
    }

    /** Collects an object's fields in order. */
    final class Builder {
        private final Map<String, Json> fields = new LinkedHashMap<>();

        public Builder put(String name, Json value) {
            if (fields.put(name, value) != null) {
                throw new IllegalArgumentException("field " + name + " is put twice");
            }
            return this;
        }

        public Builder put(String name, @Nullable String value) {
            return put(name, text(value));
        }

        public Builder put(String name, long value) {
            return put(name, whole(value));
        }

        public Builder put(String name, boolean value) {
            return put(name, flag(value));
        }

        public Builder put(String name, List<? extends Json> values) {
            return put(name, new Items(new ArrayList<>(values)));
        }

        public Fields build() {
            return new Fields(fields);
        }
    }

    /** Text that is not JSON, or not the JSON that was asked for. The message says where and what. */
    final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        public MalformedException(String message) {
            super(message);
        }
    }
}
