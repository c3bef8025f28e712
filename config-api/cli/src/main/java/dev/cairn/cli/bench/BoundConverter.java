package dev.cairn.cli.bench;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a bound, a number of operations or a time, from the command line. */
final class BoundConverter implements ITypeConverter<Bound> {
    @Override
    public Bound convert(String text) {
        try {
            return Bound.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
