package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.Names;
import io.allium.base.Refused;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemTime;
import io.allium.base.Unreachable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class DnsNamesTest {
    private final List<String> asked = new ArrayList<>();

    @Test
    void aNameHasItsAddressesOfBothFamiliesForOneMinute() throws Exception {
        DnsNames names = names(DnsNamesTest::bothFamilies);
        assertThat(names.addresses("example.com").values())
                .containsExactly(Endpoint.parseAddress("192.0.2.1"), Endpoint.parseAddress("2001:db8::1"));
        assertThat(names.addresses("example.com").ttl()).hasSeconds(60);
    }

    @Test
    void aNameIsAskedForOnceWhileItsAnswerIsFresh() throws Exception {
        DnsNames names = names(DnsNamesTest::bothFamilies);
        names.addresses("example.com");
        names.addresses("EXAMPLE.com");
        assertThat(asked).hasSize(2); // A and AAAA
    }

    @Test
    void aLookupThatItsAskerGivesUpIsNoAnswerForOthers() throws Exception {
        AnswerCache<String> cache = new AnswerCache<>(new SystemTime(), DnsNames.TTL);
        CompletableFuture<Void> begun = new CompletableFuture<>();
        Thread asker = Thread.ofVirtual().start(() -> {
            try {
                cache.get("slow.example", () -> {
                    begun.complete(null);
                    new CountDownLatch(1).await(); // until it is interrupted
                    return List.of();
                });
            } catch (Refused | Unreachable | InterruptedException ended) {
                // It has lost interest.
            }
        });
        begun.get();
        asker.interrupt();
        assertThat(cache.get("slow.example", () -> List.of("found")).values()).containsExactly("found");
    }

    @Test
    void namesThatNobodyAnswersForDoNotTakeAllDescriptors() throws Exception {
        AnswerCache<String> cache = new AnswerCache<>(new SystemTime(), DnsNames.TTL);
        CountDownLatch begun = new CountDownLatch(AnswerCache.ASKED_MAX);
        CountDownLatch answered = new CountDownLatch(1);
        List<Thread> askers = new ArrayList<>();
        for (int i = 0; i < AnswerCache.ASKED_MAX; i++) {
            String name = i + ".silent.example";
            askers.add(Thread.ofVirtual().start(() -> {
                try {
                    cache.get(name, () -> {
                        begun.countDown();
                        answered.await();
                        return List.of("late");
                    });
                } catch (Refused | Unreachable | InterruptedException failed) {
                    throw new IllegalStateException(failed);
                }
            }));
        }
        begun.await();
        assertThatThrownBy(() -> cache.get("example.com", () -> List.of("in vain")))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("too many");
        answered.countDown();
        for (Thread asker : askers) {
            asker.join();
        }
        assertThat(cache.get("example.com", () -> List.of("found")).values()).containsExactly("found");
    }

    @Test
    void aServerThatFailsIsFollowedByTheNext() throws Exception {
        ResolvConf two = ResolvConf.parse("nameserver 192.0.2.53\nnameserver 192.0.2.54\n");
        DnsNames names = names(
                two,
                (server, question) -> server.getAddress().equals(Endpoint.parseAddress("192.0.2.54"))
                        ? CompletableFuture.completedFuture(bothFamilies(question))
                        : CompletableFuture.failedFuture(new IOException("timed out")));
        assertThat(names.addresses("example.com").values()).hasSize(2);
    }

    @Test
    void aNameThatDoesNotExistIsRefusedAndOneThatNobodyAnsweredForIsNot() {
        DnsNames nobody = names(question -> reply(question, Rcode.NXDOMAIN));
        assertThatThrownBy(() -> nobody.addresses("nobody.example")).isInstanceOf(Refused.class);
        DnsNames broken = names(question -> reply(question, Rcode.SERVFAIL));
        assertThatThrownBy(() -> broken.addresses("broken.example")).isInstanceOf(Unreachable.class);
    }

    @Test
    void anAnswerThatDoesNotRepeatTheCaseOfTheQuestionIsNotBelieved() {
        DnsNames names = names(question -> {
            Message forged = bothFamilies(
                    Message.newQuery(Record.newRecord(Name.fromConstantString("forged.example."), Type.A, DClass.IN)));
            return forged;
        });
        assertThatThrownBy(() -> names.addresses("example.com")).isInstanceOf(Unreachable.class);
    }

    @Test
    void theHostsFileIsAskedFirstAndAlwaysKnowsLocalhost() throws Exception {
        DnsNames names = names(question -> reply(question, Rcode.NXDOMAIN));
        assertThat(names.addresses("localhost").values()).containsExactly(Endpoint.parseAddress("127.0.0.1"));
        assertThat(names.addresses("box").values()).containsExactly(Endpoint.parseAddress("192.0.2.7"));
        assertThat(asked).isEmpty();
    }

    @Test
    void anAddressIsItsOwnAnswer() throws Exception {
        assertThat(names(DnsNamesTest::bothFamilies).addresses("192.0.2.9").values())
                .containsExactly(Endpoint.parseAddress("192.0.2.9"));
        assertThat(asked).isEmpty();
    }

    @Test
    void textThatIsNoNameIsRefused() {
        DnsNames names = names(DnsNamesTest::bothFamilies);
        assertThatThrownBy(() -> names.addresses("a..b")).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> names.addresses("x".repeat(300))).isInstanceOf(Refused.class);
    }

    @Test
    void whoWatchesHearsWhichServersAnswer() throws Exception {
        List<String> heard = new ArrayList<>();
        List<Integer> silent = new ArrayList<>(List.of(5301));
        ResolvConf both = ResolvConf.parse("nameserver 192.0.2.1:5301\nnameserver 192.0.2.2:5302");
        DnsNames names = names(
                both,
                (server, question) -> silent.contains(server.getPort())
                        ? CompletableFuture.failedFuture(new IOException("timed out"))
                        : CompletableFuture.completedFuture(bothFamilies(question)));
        names.watch(new Names.Watcher() {
            @Override
            public void serverFailed(Endpoint server, String why) {
                heard.add(server + " failed: " + why);
            }

            @Override
            public void serverBack(Endpoint server) {
                heard.add(server + " is back");
            }

            @Override
            public void allServersFailed() {
                heard.add("all failed");
            }
        });
        names.addresses("one.example");
        assertThat(heard).as("two questions in a row").isEmpty();
        names.addresses("two.example");
        assertThat(heard).containsExactly("192.0.2.1:5301 failed: timed out");
        silent.add(5302);
        assertThatThrownBy(() -> names.addresses("three.example")).isInstanceOf(Unreachable.class);
        silent.clear();
        names.addresses("four.example");

        assertThat(heard)
                .containsExactly(
                        "192.0.2.1:5301 failed: timed out",
                        "192.0.2.2:5302 failed: timed out",
                        "all failed",
                        "192.0.2.1:5301 is back");
    }

    @Test
    void aServerThatKnowsNoAnswerHasNotFailed() {
        List<String> heard = new ArrayList<>();
        DnsNames names = names(question -> {
            Message answer = bothFamilies(question);
            answer.getHeader().setRcode(Rcode.SERVFAIL);
            return answer;
        });
        names.watch(new Names.Watcher() {
            @Override
            public void serverFailed(Endpoint server, String why) {
                heard.add(why);
            }
        });
        for (int i = 0; i <= NameServerHealth.FAILURES; i++) {
            String name = "broken" + i + ".example";
            assertThatThrownBy(() -> names.addresses(name)).isInstanceOf(Unreachable.class);
        }
        assertThat(heard).isEmpty();
    }

    private DnsNames names(Function<Message, Message> server) {
        return names(ResolvConf.parse(""), (_, question) -> CompletableFuture.completedFuture(server.apply(question)));
    }

    private DnsNames names(ResolvConf servers, DnsNames.Exchange exchange) {
        return new DnsNames(
                new SystemTime(),
                new SystemEntropy(),
                servers,
                HostsFile.parse("192.0.2.7 box # ours\n"),
                counted(exchange));
    }

    private DnsNames.Exchange counted(DnsNames.Exchange exchange) {
        return (InetSocketAddress server, Message question) -> {
            asked.add(question.getQuestion().getName().toString());
            CompletionStage<Message> answer = exchange.send(server, question);
            return answer;
        };
    }

    private static Message bothFamilies(Message question) {
        Message answer = reply(question, Rcode.NOERROR);
        Name name = question.getQuestion().getName();
        answer.addRecord(
                question.getQuestion().getType() == Type.A
                        ? new ARecord(name, DClass.IN, 5, Endpoint.parseAddress("192.0.2.1"))
                        : new AAAARecord(name, DClass.IN, 5, Endpoint.parseAddress("2001:db8::1")),
                Section.ANSWER);
        return answer;
    }

    private static Message reply(Message question, int rcode) {
        Message answer = new Message(question.getHeader().getID());
        answer.addRecord(question.getQuestion(), Section.QUESTION);
        answer.getHeader().setRcode(rcode);
        return answer;
    }
}
