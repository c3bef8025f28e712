package dev.cairn.kv.audit;

/** A block did what it must not. The message names the change, if it is about one, the rule, and what is wrong. */
public final class BrokenRuleException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String rule;

    BrokenRuleException(String subject, Class<?> rule, String what) {
        super(subject + " breaks " + rule.getSimpleName() + ": " + what);
        this.rule = rule.getSimpleName();
    }

    /** The simple name of the rule's class. */
    public String rule() {
        return rule;
    }
}
