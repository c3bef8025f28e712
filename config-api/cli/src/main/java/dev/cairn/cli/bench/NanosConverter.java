package dev.cairn.cli.bench;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time from the command line. */
final class NanosConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            return Bound.parseNanos(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
