package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.control.ControlEvent;
import io.allium.interop.ControlScript.Act;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whether the scripts for control ports leave nothing out. */
class ControlScriptsTest {
    private static final List<String> COMMANDS = List.of(
            ("AUTHENTICATE AUTHCHALLENGE PROTOCOLINFO QUIT SETCONF RESETCONF GETCONF LOADCONF SAVECONF SETEVENTS USEFEATURE"
                            + " SIGNAL GETINFO MAPADDRESS RESOLVE EXTENDCIRCUIT SETCIRCUITPURPOSE CLOSECIRCUIT ATTACHSTREAM"
                            + " REDIRECTSTREAM CLOSESTREAM POSTDESCRIPTOR SETROUTERPURPOSE TAKEOWNERSHIP DROPOWNERSHIP"
                            + " DROPGUARDS DROPTIMEOUTS HSFETCH HSPOST ADD_ONION DEL_ONION ONION_CLIENT_AUTH_ADD"
                            + " ONION_CLIENT_AUTH_REMOVE ONION_CLIENT_AUTH_VIEW")
                    .split(" "));

    /** Events that no script waits for, and why. */
    private static final Map<String, String> UNHEARD = Map.ofEntries(
            Map.entry("DEBUG", "we say next to nothing at this level"),
            Map.entry("INFO", "we say little at this level, and not at the same moments as C tor"),
            Map.entry("ERR", "nothing goes so wrong that both say so and go on"),
            Map.entry("NS", "nothing changes about the relays of a network that stands still"),
            Map.entry("DESCCHANGED", "a relay's descriptor changes when it decides to"),
            Map.entry("STATUS_GENERAL", "clocks and consensuses are as they should be"),
            Map.entry("STATUS_SERVER", "the relays have found out about themselves before anybody listens"),
            Map.entry("CLIENTS_SEEN", "a bridge tells it, after hours"),
            Map.entry("TRANSPORT_LAUNCHED", "pluggable transports are not supported yet"),
            Map.entry("NETWORK_LIVENESS", "a network is given up after minutes of silence"));

    @Test
    void everyCommandIsSaid() throws Exception {
        List<String> said = said().map(
                        line -> line.strip().split("[ \\r]", 2)[0].replace("+", ""))
                .toList();

        assertThat(said).containsAll(COMMANDS);
    }

    @Test
    void everyKeyIsAskedFor() throws Exception {
        Set<String> asked = new LinkedHashSet<>();
        said().filter(line -> line.startsWith("GETINFO ")).forEach(line -> asked.addAll(List.of(line.split(" "))));

        for (String key : keys()) {
            Pattern pattern = Pattern.compile(Arrays.stream(key.split("(?<=[*>])|(?=[*<])"))
                    .map(part -> part.equals("*") ? ".+" : part.startsWith("<") ? "[^/]+" : Pattern.quote(part))
                    .reduce("", String::concat));
            assertThat(asked).as(key).anyMatch(each -> pattern.matcher(each).matches());
        }
    }

    @Test
    void everyEventIsHeardOrThereIsAReasonWhyNot() throws Exception {
        Set<String> all = new TreeSet<>();
        Arrays.stream(ControlEvent.values()).map(ControlEvent::name).forEach(all::add);
        Set<String> heard = new TreeSet<>();
        acts().filter(Act.Hear.class::isInstance).forEach(act -> heard.add(((Act.Hear) act).event()));

        assertThat(heard).doesNotContainAnyElementsOf(UNHEARD.keySet());
        all.removeAll(heard);
        assertThat(UNHEARD.keySet()).containsAll(all);
    }

    private static Stream<String> said() throws Exception {
        return acts().map(act -> switch (act) {
            case Act.Say say -> say.command();
            case Act.Await await -> await.command();
            case Act.Send bytes -> bytes.text();
            case Act.Ours alone -> alone.command();
            case Act.Hear hear -> "";
            case Act.Dial dial -> "";
        });
    }

    private static Stream<Act> acts() throws Exception {
        Stream.Builder<Act> acts = Stream.builder();
        for (String title : List.of("still", "client", "relay")) {
            ControlScript.read(title)
                    .sections()
                    .forEach(section -> section.steps().forEach(step -> acts.add(step.act())));
        }
        return acts.build();
    }

    private static List<String> keys() throws Exception {
        try (InputStream file = ControlScriptsTest.class.getResourceAsStream("control/keys.txt")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }
}
