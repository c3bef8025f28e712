package dev.cairn.chaos.mutants;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Builds the protocol, the store or its guards with a mutant's edits, in memory, and loads it, with the simulator, apart from the real one. */
final class MutantCompiler {
    private static final List<Path> SOURCES = List.of(
            Path.of("../bft-core/protocol/src/main/java/dev/cairn/protocol"),
            Path.of("../kv-store/src/main/java/dev/cairn/kv"),
            Path.of("../kv-store/src/main/java/dev/cairn/kv/audit"),
            Path.of("../kv-store/changes/src/main/java/dev/cairn/kv/guard"),
            Path.of("../kv-store/changes/src/main/java/dev/cairn/kv/change"));
    private static final String CLASS_PATH = System.getProperty("java.class.path");

    private MutantCompiler() {}

    /** Loads everything of the project anew, the edited classes in place of the real ones. */
    static URLClassLoader load(Mutant mutant) throws IOException {
        List<URL> path = new ArrayList<>();
        for (String entry : CLASS_PATH.split(File.pathSeparator, -1)) {
            path.add(Path.of(entry).toUri().toURL());
        }
        return new Loader(path.toArray(URL[]::new), compile(mutant, edited(mutant)));
    }

    private static Map<Path, String> edited(Mutant mutant) throws IOException {
        Map<Path, String> files = new LinkedHashMap<>();
        for (Mutant.Edit edit : mutant.edits()) {
            Path file = source(edit.type());
            String text = files.containsKey(file) ? files.get(file) : Files.readString(file, StandardCharsets.UTF_8);
            int at = text.indexOf(edit.from());
            if (at < 0 || text.indexOf(edit.from(), at + 1) >= 0) {
                throw new IllegalArgumentException("mutant \"" + mutant + "\": \"" + edit.from()
                        + "\" should stand once in " + file + "; bring the mutant up to date");
            }
            files.put(
                    file,
                    text.substring(0, at)
                            + edit.to()
                            + text.substring(at + edit.from().length()));
        }
        return files;
    }

    private static Path source(String type) {
        return SOURCES.stream()
                .map(directory -> directory.resolve(type + ".java"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no source of " + type));
    }

    private static Map<String, byte[]> compile(Mutant mutant, Map<Path, String> files) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        try (StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            Outputs outputs = new Outputs(standard);
            List<Source> sources = new ArrayList<>();
            files.forEach((file, text) -> sources.add(new Source(file.toUri(), text)));
            List<String> options = List.of("-proc:none", "-cp", CLASS_PATH);
            if (!compiler.getTask(errors, outputs, null, options, null, sources).call()) {
                throw new IllegalArgumentException("mutant \"" + mutant + "\" does not compile: " + errors);
            }
            return outputs.classes();
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(URI name, String text) {
            super(name, Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class Outputs extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> written = new HashMap<>();

        Outputs(JavaFileManager standard) {
            super(standard);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, @Nullable FileObject sibling) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            written.put(className, bytes);
            return new SimpleJavaFileObject(URI.create("mem:///" + className.replace('.', '/') + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return bytes;
                }
            };
        }

        Map<String, byte[]> classes() {
            Map<String, byte[]> classes = new HashMap<>();
            written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
            return classes;
        }
    }

    /** What is not the project's own is there once for all, with its native code. */
    private static final class Libraries extends ClassLoader {
        Libraries() {
            super(MutantCompiler.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("dev.cairn.")) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }

    private static final class Loader extends URLClassLoader {
        private final Map<String, byte[]> edited;

        Loader(URL[] path, Map<String, byte[]> edited) {
            super(path, new Libraries());
            this.edited = edited;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = edited.get(name);
            return bytes == null ? super.findClass(name) : defineClass(name, bytes, 0, bytes.length);
        }

        @Override
        public void close() {
            try {
                super.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
