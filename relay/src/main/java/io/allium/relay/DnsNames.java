package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Names;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * The names of the machine's own DNS servers and hosts file, as an exit looks them up: A and AAAA together, the letters
 * of the question in random case so that a forger must guess them too, every answer kept and reported for one minute
 * whatever its TTL, because a true TTL would tell who had asked the same before.
 *
 * <p>Immutable but for its cache and what it notes of the servers, which have locks of their own.
 *
 * @spec tor-spec 6.4
 */
public final class DnsNames implements Names {
    /** C tor 0.4.9.5 reports every answer with this TTL. */
    static final Duration TTL = Duration.ofSeconds(60);

    /** How long one server may take: the default of the consensus parameter exit_dns_timeout is a second. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** How often each server is asked: the default of exit_dns_num_attempts, and once more. */
    static final int ATTEMPTS = 3;

    /** No server of a name sends more than a few dozen; a stream needs one. */
    private static final int ADDRESSES_MAX = 16;

    /** Sends a question to a server. */
    interface Exchange {
        CompletionStage<Message> send(InetSocketAddress server, Message question);
    }

    private final Entropy entropy;
    private final ResolvConf servers;
    private final NameServerHealth health;
    private final HostsFile hosts;
    private final Exchange exchange;
    private final AnswerCache<InetAddress> addresses;
    private final AnswerCache<String> reverse;

    /** @param servers where to ask, and {@code hosts} what is known without asking */
    public DnsNames(Time time, Entropy entropy, ResolvConf servers, HostsFile hosts) {
        this(time, entropy, servers, hosts, (server, question) -> overUdp(server, question, PATIENCE));
    }

    DnsNames(Time time, Entropy entropy, ResolvConf servers, HostsFile hosts, Exchange exchange) {
        this.entropy = entropy;
        this.servers = servers;
        this.health = new NameServerHealth(servers.servers());
        this.hosts = hosts;
        this.exchange = exchange;
        this.addresses = new AnswerCache<>(time, TTL);
        this.reverse = new AnswerCache<>(time, TTL);
    }

    @Override
    public void watch(Watcher who) {
        health.watch(who);
    }

    @Override
    public Answer<InetAddress> addresses(String name) throws Refused, Unreachable, InterruptedException {
        if (Endpoint.isAddress(name)) {
            return new Answer<>(List.of(Endpoint.parseAddress(name)), TTL);
        }
        String key = name.toLowerCase(Locale.ROOT);
        List<InetAddress> known = hosts.addresses(key);
        if (!known.isEmpty()) {
            return new Answer<>(known, TTL);
        }
        return addresses.get(key, () -> ask(key));
    }

    @Override
    public Answer<String> names(InetAddress address) throws Refused, Unreachable, InterruptedException {
        return reverse.get(Endpoint.text(address), () -> askReverse(address));
    }

    private List<InetAddress> ask(String name) throws Refused, Unreachable, InterruptedException {
        Name asked = questionName(name);
        CompletableFuture<Message> v4 = query(asked, Type.A, 0);
        CompletableFuture<Message> v6 = query(asked, Type.AAAA, 0);
        List<InetAddress> found = new ArrayList<>();
        boolean v4Answered = collect(v4, found);
        boolean v6Answered = collect(v6, found);
        if (found.isEmpty() && !(v4Answered && v6Answered)) {
            throw new Unreachable("no name server answered");
        }
        if (found.isEmpty()) {
            throw new Refused(Refused.Kind.RESOLVE_FAILED, "no such name");
        }
        return found.subList(0, Math.min(found.size(), ADDRESSES_MAX));
    }

    /** Adds the answer's addresses. False if there was no answer. */
    private static boolean collect(CompletableFuture<Message> answer, List<InetAddress> into)
            throws InterruptedException {
        try {
            for (Record found : answer.get().getSection(Section.ANSWER)) {
                switch (found) {
                    case ARecord a -> into.add(a.getAddress());
                    case AAAARecord aaaa -> into.add(aaaa.getAddress());
                    default -> {} // a link of a CNAME chain, whose end the server has added
                }
            }
            return true;
        } catch (ExecutionException unanswered) {
            return false;
        }
    }

    private List<String> askReverse(InetAddress address) throws Refused, Unreachable, InterruptedException {
        try {
            List<String> found =
                    query(ReverseMap.fromAddress(address), Type.PTR, 0).get().getSection(Section.ANSWER).stream()
                            .flatMap(answer -> answer instanceof PTRRecord ptr
                                    ? Stream.of(ptr.getTarget().toString(true))
                                    : Stream.empty())
                            .limit(ADDRESSES_MAX)
                            .toList();
            if (found.isEmpty()) {
                throw new Refused(Refused.Kind.RESOLVE_FAILED, "no name for this address");
            }
            return found;
        } catch (ExecutionException unanswered) {
            throw new Unreachable("no name server answered", unanswered);
        }
    }

    /** Asks the servers in turn until one answers yes or no. */
    private CompletableFuture<Message> query(Name name, int type, int turn) {
        List<InetSocketAddress> all = servers.servers();
        if (turn == ATTEMPTS * all.size()) {
            return CompletableFuture.failedFuture(new IOException("no name server answered"));
        }
        Message question = Message.newQuery(Record.newRecord(name, type, DClass.IN));
        InetSocketAddress server = all.get(turn % all.size());
        return exchange.send(server, question)
                .toCompletableFuture()
                .whenComplete(
                        (answer, failed) -> { // whatever it says: anybody can have us ask for a name that is broken
                            if (failed == null) {
                                health.answered(server);
                            } else {
                                health.failed(server, failed);
                            }
                        })
                .thenApply(answer -> checked(answer, name))
                .exceptionallyCompose(failed -> query(name, type, turn + 1));
    }

    /** An answer that says yes or no, and repeats the question to the letter. */
    private static Message checked(Message answer, Name asked) {
        Record question = answer.getQuestion();
        if (question == null || !question.getName().toString().equals(asked.toString())) {
            throw new CompletionException(new IOException("an answer to another question"));
        }
        if (answer.getRcode() != Rcode.NOERROR && answer.getRcode() != Rcode.NXDOMAIN) {
            throw new CompletionException(new IOException("the server says " + Rcode.string(answer.getRcode())));
        }
        return answer;
    }

    private Name questionName(String name) throws Refused {
        try {
            return Name.concatenate(Name.fromString(inRandomCase(name)), Name.root);
        } catch (TextParseException | NameTooLongException malformed) {
            throw new Refused(Refused.Kind.RESOLVE_FAILED, "no name that DNS could know");
        }
    }

    private String inRandomCase(String name) {
        byte[] chance = entropy.bytes(name.length());
        StringBuilder mixed = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            mixed.append((chance[i] & 1) == 0 ? Character.toUpperCase(c) : c);
        }
        return mixed.toString();
    }

    static CompletionStage<Message> overUdp(InetSocketAddress server, Message question, Duration patience) {
        SimpleResolver resolver = new SimpleResolver(server);
        resolver.setTimeout(patience);
        return resolver.sendAsync(question);
    }
}
