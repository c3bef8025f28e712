package dev.cairn.cli;

import dev.cairn.cli.bench.BenchCommand;
import dev.cairn.cli.changes.AdminCommand;
import dev.cairn.cli.changes.AllowedSignersCommand;
import dev.cairn.cli.changes.ApproveCommand;
import dev.cairn.cli.changes.BlameCommand;
import dev.cairn.cli.changes.DiffCommand;
import dev.cairn.cli.changes.DraftCommand;
import dev.cairn.cli.changes.GuardCommand;
import dev.cairn.cli.changes.LogCommand;
import dev.cairn.cli.changes.PendingCommand;
import dev.cairn.cli.changes.PeopleCommand;
import dev.cairn.cli.changes.SignCommand;
import dev.cairn.cli.changes.SubmitCommand;
import dev.cairn.cli.changes.VerifyCommand;
import dev.cairn.cli.changes.WithdrawCommand;
import dev.cairn.cli.imports.ImportCommand;
import dev.cairn.cli.nodes.NodesCommand;
import dev.cairn.cli.repo.PushCommand;
import dev.cairn.cli.repo.RepoCommand;
import dev.cairn.client.NotVerifiedException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The {@code cairn} command. */
public final class Main {
    /** Something was wrong at run time. */
    static final int FAILURE = 1;

    /** The command line made no sense. */
    static final int USAGE = 2;

    /** Nothing came back that can be relied on; a key that was asked for may be there or not. */
    static final int NO_ANSWER = 3;

    /** How every error line begins. */
    static final String ERROR = "cairn: ";

    private static final String HELP = "help";

    private static final Map<String, Supplier<Object>> COMMANDS = commands();

    private Main() {}

    private static Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> commands = new TreeMap<>();
        commands.put("init", InitCommand::new);
        commands.put("server", ServerCommand::new);
        commands.put("agent", AgentCommand::new);
        commands.put("genesis", GenesisCommand::new);
        commands.put("dev", DevCommand::new);
        commands.put("status", StatusCommand::new);
        commands.put("get", GetCommand::new);
        commands.put("put", PutCommand::new);
        commands.put("del", DelCommand::new);
        commands.put("list", ListCommand::new);
        commands.put("watch", WatchCommand::new);
        commands.put("proof", ProofCommand::new);
        commands.put("audit", AuditCommand::new);
        commands.put("draft", DraftCommand::new);
        commands.put("admin", AdminCommand::new);
        commands.put("diff", () -> new DiffCommand(PushCommand::intents));
        commands.put("sign", SignCommand::new);
        commands.put("verify", VerifyCommand::new);
        commands.put("submit", SubmitCommand::new);
        commands.put("approve", ApproveCommand::new);
        commands.put("withdraw", WithdrawCommand::new);
        commands.put("pending", PendingCommand::new);
        commands.put("log", LogCommand::new);
        commands.put("blame", BlameCommand::new);
        commands.put("guard", GuardCommand::new);
        commands.put("people", PeopleCommand::new);
        commands.put("allowed-signers", AllowedSignersCommand::new);
        commands.put("push", PushCommand::new);
        commands.put("repo", RepoCommand::new);
        commands.put("nodes", NodesCommand::new);
        commands.put("import", ImportCommand::new);
        commands.put("bench", BenchCommand::new);
        commands.put("simulate", SimulateCommand::new);
        commands.put(TrainingCommand.NAME, TrainingCommand::new);
        return commands;
    }

    public static void main(String[] args) {
        System.exit(commandLine(args).execute(args));
    }

    /**
     * A parser for {@code args}. Only the command that is named there is loaded, which is most of what makes a
     * {@code cairn get} feel instant; where none is named all are, for the help.
     */
    static CommandLine commandLine(String... args) {
        CommandLine root = new CommandLine(new CairnCommand()).setCommandName(Launch.called());
        Supplier<Object> named = args.length == 0 ? null : COMMANDS.get(args[0]);
        if (named != null) {
            root.addSubcommand(args[0], named.get());
        } else {
            COMMANDS.forEach((name, command) -> root.addSubcommand(name, command.get()));
            root.addSubcommand(HELP, new CommandLine.HelpCommand());
        }
        return configured(root);
    }

    /** Lets {@code root} and its subcommands report errors as one line. */
    static CommandLine configured(CommandLine root) {
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.registerConverter(long.class, text -> number(text, Long::valueOf));
        root.registerConverter(int.class, text -> number(text, Integer::valueOf));
        root.registerConverter(Integer.class, text -> number(text, Integer::valueOf));
        root.registerConverter(double.class, text -> number(text, Double::valueOf));
        root.setExecutionExceptionHandler(Main::report);
        root.setParameterExceptionHandler(Main::reportUsage);
        return root;
    }

    private static int report(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        err.println(ERROR + Messages.oneLine(e));
        if (Messages.isUnexpected(e)) {
            e.printStackTrace(err);
        }
        return e instanceof Failure.NoAnswer || e instanceof NotVerifiedException ? NO_ANSWER : FAILURE;
    }

    private static <N extends Number> N number(String text, Function<String, N> parse) {
        try {
            return parse.apply(text);
        } catch (NumberFormatException e) {
            throw new CommandLine.TypeConversionException("'" + text + "' is no number, or too great a one");
        }
    }

    private static int reportUsage(CommandLine.ParameterException e, String[] args) {
        PrintWriter err = e.getCommandLine().getErr();
        boolean unknown = e instanceof CommandLine.UnmatchedArgumentException
                && e.getCommandLine().getCommandSpec().userObject() instanceof CairnCommand
                && !args[0].startsWith("-");
        err.println(ERROR + (unknown ? "there is no command \"" + args[0] + "\"" : Messages.oneLine(e)));
        err.println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return USAGE;
    }
}
