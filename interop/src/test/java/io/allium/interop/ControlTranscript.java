package io.allium.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.allium.control.ControlAnswer;
import io.allium.interop.ControlScript.Act;
import io.allium.interop.ControlScript.Closeness;
import io.allium.interop.ControlScript.Explanation;
import io.allium.interop.ControlScript.Section;
import io.allium.interop.ControlScript.Setting;
import io.allium.interop.ControlScript.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says a script to C tor and to us, and compares what is answered. Confined to the test. */
final class ControlTranscript implements AutoCloseable {
    private static final int TRIES = 240;
    /** Events that are lines of the log, each Tor's in its own words. */
    private static final Set<String> LOGGED = Set.of("DEBUG", "INFO", "NOTICE", "WARN", "ERR");

    private static final int SHOWN = 80;
    private static final int BETWEEN_TRIES_MILLIS = 250;
    private static final Pattern NAME = Pattern.compile("\\$([a-z]\\w*)");

    /**
     * A node that is asked.
     *
     * @param socksPort where applications ask it for streams; 0 for none
     * @param folder its data directory
     */
    record Side(int controlPort, int socksPort, Path folder) {
        /** What its control port lets in by. */
        Path cookie() {
            return folder.resolve("control_auth_cookie");
        }

        /** An answer with a word for what is its own in it, before anything in that is taken for a key. */
        private ControlAnswer withoutItsOwn(ControlAnswer answer) {
            return new ControlAnswer(answer.lines().stream()
                    .map(line -> new ControlAnswer.Line(
                            line.code(), line.separator(), withoutItsOwn(line.text()), withoutItsOwn(line.data())))
                    .toList());
        }

        private String withoutItsOwn(String text) {
            return text.replace(folder.toString(), "FOLDER")
                    .replaceAll("(?<![0-9])" + controlPort + "(?![0-9])", "CONTROLPORT")
                    .replaceAll(socksPort == 0 ? "(?!)" : "(?<![0-9])" + socksPort + "(?![0-9])", "SOCKSPORT");
        }
    }

    /** How two answers compare. */
    enum Verdict {
        ALIKE,
        /** Both refuse with the same code, in other words. */
        OTHER_WORDS,
        /** They differ, and the script says why. */
        EXPLAINED,
        /** The script says why they differ, and they don't. */
        NO_LONGER_DIFFERENT,
        DIFFERENT
    }

    /** What came of one step. */
    record Finding(int line, String said, Verdict verdict, String theirs, String ours, Optional<String> explanation) {
        @Override
        public String toString() {
            return verdict + ", line " + line + ": " + said
                    + explanation.map(why -> " (" + why + ")").orElse("")
                    + "\n  C tor: " + theirs.strip().replace("\n", "\n         ")
                    + (theirs.equals(ours) ? "" : "\n  ours:  " + ours.strip().replace("\n", "\n         "));
        }
    }

    private final Participant theirs;
    private final Participant ours;
    private final List<Finding> findings = new ArrayList<>();

    private ControlTranscript(Side theirs, Side ours, Map<String, String> variables) throws IOException {
        this.theirs = new Participant(theirs, new LinkedHashMap<>(variables));
        this.ours = new Participant(ours, new LinkedHashMap<>(variables));
    }

    /** @param variables what the script's words with a dollar sign stand for */
    static List<Finding> of(ControlScript script, Side theirs, Side ours, Map<String, String> variables)
            throws IOException, InterruptedException {
        try (ControlTranscript transcript = new ControlTranscript(theirs, ours, variables)) {
            for (Section section : script.sections()) {
                transcript.perform(section);
            }
            return List.copyOf(transcript.findings);
        }
    }

    private void perform(Section section) throws IOException, InterruptedException {
        theirs.begin(section.setting());
        ours.begin(section.setting());
        for (Step step : section.steps()) {
            switch (step.act()) {
                case Act.Say say -> {
                    Answers answers = section.setting() == Setting.SAME_CONSENSUS ? askOfSameConsensus(say) : ask(say);
                    compare(step, say.command(), say.closeness(), answers.there(), answers.here());
                }
                case Act.Await await -> {
                    Optional<ControlAnswer> there = theirs.await(await);
                    Optional<ControlAnswer> here = ours.await(await);
                    compare(step, await.command(), Closeness.KEYWORDS, there, here);
                }
                case Act.Hear hear -> {
                    Optional<ControlAnswer> there = theirs.hear(hear);
                    Optional<ControlAnswer> here = ours.hear(hear);
                    hear(step, hear, there, here);
                }
                case Act.Dial dial -> {
                    theirs.dial(dial);
                    ours.dial(dial);
                }
                case Act.Send bytes -> {
                    Optional<ControlAnswer> there = theirs.send(bytes.text());
                    Optional<ControlAnswer> here = ours.send(bytes.text());
                    compare(step, beginning(bytes.text()), Closeness.WHOLE, there, here);
                }
                case Act.Ours alone -> {
                    String code = AnswerShape.code(ours.ask(alone.command(), alone.data()));
                    boolean asItShould = code.equals("" + alone.code());
                    Verdict verdict = asItShould ? Verdict.EXPLAINED : Verdict.DIFFERENT;
                    add(step, alone.command(), verdict, "(not asked)", code);
                }
            }
        }
    }

    /** What both answer. */
    private record Answers(Optional<ControlAnswer> there, Optional<ControlAnswer> here) {}

    private Answers ask(Act.Say say) throws IOException {
        return new Answers(theirs.ask(say.command(), say.data()), ours.ask(say.command(), say.data()));
    }

    /** Each fetches the next one when it likes; so it is asked again until both had one and the same before and after. */
    private Answers askOfSameConsensus(Act.Say say) throws IOException, InterruptedException {
        for (int i = 0; i < TRIES; i++) {
            Set<Optional<String>> had = consensuses();
            Answers answers = ask(say);
            had.addAll(consensuses());
            if (had.size() == 1) {
                return answers;
            }
            TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES_MILLIS);
        }
        throw new IOException("the nodes never had the same consensus");
    }

    /** Which they have. */
    private Set<Optional<String>> consensuses() throws IOException {
        Answers answers = ask(new Act.Say("GETINFO consensus/valid-after", List.of(), Closeness.WHOLE));
        return Stream.of(answers.there(), answers.here())
                .map(each -> each.map(ControlAnswer::text))
                .collect(Collectors.toSet());
    }

    private static String beginning(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "... (" + text.length() + " bytes)";
    }

    /** What neither says is nothing that they say alike. */
    private void hear(Step step, Act.Hear hear, Optional<ControlAnswer> there, Optional<ControlAnswer> here) {
        String said = hear.event() + " " + hear.wanted();
        if (there.isEmpty() && here.isEmpty()) {
            add(step, said, Verdict.DIFFERENT, "(silent)", "(silent too: nothing is compared)");
        } else {
            boolean isLogged = LOGGED.contains(hear.event());
            compare(step, said, isLogged ? Closeness.CODE : Closeness.KEYWORDS, there, here);
        }
    }

    private void compare(
            Step step, String said, Closeness closeness, Optional<ControlAnswer> there, Optional<ControlAnswer> here) {
        step.variable().ifPresent(name -> {
            theirs.name(name, there);
            ours.name(name, here);
        });
        String theirShape = shape(closeness, there.map(theirs.side::withoutItsOwn));
        String ourShape = shape(closeness, here.map(ours.side::withoutItsOwn));
        boolean alike = theirShape.equals(ourShape);
        boolean bothRefuse = !alike
                && there.isPresent()
                && here.isPresent()
                && !there.get().isEvent()
                && !there.get().isPositive()
                && AnswerShape.keywords(there).equals(AnswerShape.keywords(here));
        Verdict verdict = alike ? Verdict.ALIKE : bothRefuse ? Verdict.OTHER_WORDS : Verdict.DIFFERENT;
        Optional<Explanation> explanation = step.explanation();
        if (explanation.isEmpty()) {
            add(step, said, verdict, theirShape, ourShape);
        } else {
            explained(step, said, explanation.get(), verdict, theirShape, ourShape);
        }
    }

    private void explained(
            Step step, String said, Explanation explanation, Verdict verdict, String there, String here) {
        if (verdict == Verdict.ALIKE) {
            add(step, said, explanation.always() ? Verdict.NO_LONGER_DIFFERENT : Verdict.ALIKE, there, here);
        } else if (explanation.rest(there).equals(explanation.rest(here))) {
            add(step, said, Verdict.EXPLAINED, there, here);
        } else {
            add(step, said, verdict, explanation.rest(there), explanation.rest(here));
        }
    }

    private void add(Step step, String said, Verdict verdict, String there, String here) {
        findings.add(new Finding(
                step.line(), said, verdict, there, here, step.explanation().map(Explanation::why)));
    }

    private static String shape(Closeness closeness, Optional<ControlAnswer> answer) {
        return switch (closeness) {
            case WHOLE -> AnswerShape.whole(answer);
            case ANY_ORDER -> AnswerShape.inAnyOrder(answer);
            case KEYWORDS -> AnswerShape.keywords(answer);
            case CODE -> AnswerShape.code(answer);
        };
    }

    @Override
    public void close() throws IOException {
        theirs.end();
        ours.end();
    }

    /** One of the two, with its connections. Confined to the transcript. */
    private static final class Participant {
        private final Side side;
        private final Map<String, String> variables;
        private final List<Socket> applications = new ArrayList<>();
        private Optional<ControlTalk> talk = Optional.empty();
        private Setting setting = Setting.LET_IN;

        Participant(Side side, Map<String, String> variables) throws IOException {
            this.side = side;
            this.variables = variables;
            variables.put("folder", side.folder().toString());
            variables.put("cookie", HexFormat.of().formatHex(Files.readAllBytes(side.cookie())));
        }

        void begin(Setting next) throws IOException {
            end();
            setting = next;
        }

        Optional<ControlAnswer> ask(String command, List<String> data) throws IOException {
            List<String> lines = data.stream().map(this::withValues).toList();
            Optional<ControlAnswer> answer = talk().ask(withValues(command), lines);
            if (answer.isEmpty()) {
                hangUp();
            }
            return answer;
        }

        /** Says its last words on this connection. */
        Optional<ControlAnswer> send(String text) throws IOException {
            Optional<ControlAnswer> answer = talk().send(withValues(text));
            hangUp();
            return answer;
        }

        Optional<ControlAnswer> await(Act.Await wanted) throws IOException, InterruptedException {
            Optional<ControlAnswer> answer = Optional.empty();
            for (int i = 0; i < TRIES; i++) {
                answer = ask(wanted.command(), List.of());
                if (wanted.wanted().matcher(AnswerShape.whole(answer)).find()) {
                    return answer;
                }
                TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES_MILLIS);
            }
            return answer;
        }

        Optional<ControlAnswer> hear(Act.Hear hear) throws IOException {
            Pattern wanted = Pattern.compile(withValues(hear.wanted().pattern()), Pattern.DOTALL);
            Optional<ControlAnswer> event = talk().hear(hear.event(), wanted);
            if (event.isEmpty()) {
                hangUp();
            }
            return event;
        }

        /** As SOCKS5 clients may, it says at once all that it has to say. */
        void dial(Act.Dial to) throws IOException {
            byte[] host = withValues(to.host()).getBytes(US_ASCII);
            int port = Integer.parseInt(withValues(to.port()));
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(new byte[] {5, 1, 0, 5, 1, 0, 3, (byte) host.length});
            request.writeBytes(host);
            request.writeBytes(new byte[] {(byte) (port >> 8), (byte) port});
            request.writeBytes((to.forPage() ? "GET / HTTP/1.0\r\n\r\n" : "").getBytes(US_ASCII));
            Socket application = new Socket(InetAddress.getLoopbackAddress(), side.socksPort());
            applications.add(application);
            application.getOutputStream().write(request.toByteArray());
        }

        void name(String variable, Optional<ControlAnswer> answer) {
            String text = answer.map(ControlAnswer::text).orElse("none none");
            String value = text.contains(" ") ? text.split(" ")[1] : text.substring(text.indexOf('=') + 1);
            variables.put(variable, value);
        }

        private String withValues(String text) {
            return NAME.matcher(text)
                    .replaceAll(
                            match -> Matcher.quoteReplacement(variables.getOrDefault(match.group(1), match.group())));
        }

        private ControlTalk talk() throws IOException {
            if (talk.isEmpty()) {
                talk = Optional.of(
                        setting == Setting.STRANGER
                                ? ControlTalk.asStranger(side.controlPort())
                                : ControlTalk.letIn(side.controlPort(), side.cookie()));
            }
            return talk.get();
        }

        private void hangUp() throws IOException {
            if (talk.isPresent()) {
                talk.get().close();
                talk = Optional.empty();
            }
        }

        void end() throws IOException {
            hangUp();
            for (Socket application : applications) {
                application.close();
            }
            applications.clear();
        }
    }
}
