package io.bowline.raft;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.runtime.Foreign;
import io.bowline.raft.runtime.LeaderView;
import io.bowline.raft.runtime.Proposal;
import io.bowline.raft.runtime.Query;
import io.bowline.raft.runtime.ReplyBuffer;
import io.bowline.raft.transport.Greetings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One batch of a client's requests to one group: their bytes go on as they came. */
final class ClientRequests<C, R> {
  private static final Refusal UNGREETED =
      new Refusal.Closed("nothing is done on a connection that did not greet the group first");

  private final RaftNode<C, R> node;
  private final StateMachineAdapter<C, R> adapter;
  private final RaftConfig config;
  private final long nowNanos;
  private final ReplyBuffer replies;

  ClientRequests(
      RaftNode<C, R> node,
      StateMachineAdapter<C, R> adapter,
      RaftConfig config,
      long nowNanos,
      ReplyBuffer replies) {
    this.node = node;
    this.adapter = adapter;
    this.config = config;
    this.nowNanos = nowNanos;
    this.replies = replies;
  }

  /** Executes what comes on a connection whose client knows which founding it talks to. */
  void take(List<ClientRequest> batch, Greetings greetings) {
    FoundingId here = node.runtime().foundingId();
    if (here == null) {
      Refusal notYet = new Refusal.NotFounded(node.runtime().founding().text());
      batch.forEach(request -> refuse(request.id(), notYet));
      return;
    }
    List<ClientRequest> greeted = new ArrayList<>(batch.size());
    FoundingId told = greetings.told(node.group());
    for (ClientRequest request : batch) {
      if (request instanceof ClientRequest.Greet greet) {
        greet(greet, here, greetings);
        told = greetings.told(node.group());
      } else if (here.equals(told)) {
        greeted.add(request);
      } else {
        refuse(request.id(), told == null ? UNGREETED : new Refusal.OtherFounding(told, here));
      }
    }
    if (!greeted.isEmpty()) {
      execute(greeted);
    }
  }

  private void greet(ClientRequest.Greet greet, FoundingId here, Greetings greetings) {
    FoundingId pinned = greet.pinned();
    if (pinned == null || pinned.equals(here)) {
      greetings.tell(greet.group(), here);
      replies.add(new ClientReply.Founded(greet.id(), here));
    } else {
      greetings.forget(greet.group());
      refuse(greet.id(), new Refusal.OtherFounding(pinned, here));
    }
  }

  private void execute(List<ClientRequest> batch) {
    List<RemoteProposal> proposals = new ArrayList<>(batch.size());
    List<RemoteQuery> queries = new ArrayList<>(0);
    for (ClientRequest request : batch) {
      if (request instanceof ClientRequest.Command command) {
        Refusal invalid = invalid(command.command());
        if (invalid != null) {
          refuse(command.id(), invalid);
        } else {
          proposals.add(
              proposal(command, EntryType.SESSION_COMMAND, command.session(), command.command()));
        }
      } else if (request instanceof ClientRequest.Query query) {
        queries.add(new RemoteQuery(query.id(), query.query(), deadline(request)));
      } else if (request instanceof ClientRequest.OpenSession open) {
        proposals.add(proposal(open, EntryType.SESSION_OPEN, null, open.key().payload()));
      } else if (request instanceof ClientRequest.CloseSession close) {
        proposals.add(proposal(request, EntryType.SESSION_CLOSE, close.session(), Payload.EMPTY));
      } else {
        throw new AssertionError("no rule for request " + request);
      }
    }
    Foreign.clean("the codec of commands");
    offer(proposals, some -> node.runtime().propose(some, true), RemoteProposal::refused);
    offer(queries, some -> node.runtime().read(some, true), RemoteQuery::refused);
  }

  /** All at once, or as many of the first ones as fit; the rest is refused. */
  private static <T> void offer(
      List<T> calls, Function<List<T>, @Nullable Refusal> taker, BiConsumer<T, Refusal> refuser) {
    Refusal refusal = calls.isEmpty() ? null : taker.apply(calls);
    int from = 0;
    if (refusal instanceof Refusal.Overloaded && calls.size() > 1) {
      refusal = taker.apply(calls.subList(0, 1));
      while (refusal == null && ++from < calls.size()) {
        refusal = taker.apply(calls.subList(from, from + 1));
      }
    }
    if (refusal != null) {
      for (T call : calls.subList(from, calls.size())) {
        refuser.accept(call, refusal);
      }
    }
  }

  private RemoteProposal proposal(
      ClientRequest request, EntryType type, @Nullable SessionHeader session, Payload payload) {
    return new RemoteProposal(request.id(), type, session, payload, deadline(request));
  }

  private long deadline(ClientRequest request) {
    return nowNanos + Math.min(request.timeoutNanos(), config.proposalTimeout().toNanos());
  }

  private @Nullable Refusal invalid(Payload command) {
    int bytes = command.length();
    return bytes > config.maxCommandBytes()
        ? new Refusal.Invalid(
            "a command of " + bytes + " bytes is over maxCommandBytes=" + config.maxCommandBytes())
        : adapter.undecodable(command);
  }

  private void refuse(long id, Refusal refusal) {
    LeaderView view = node.runtime().view();
    replies.add(new ClientReply.Refused(id, refusal, view.leader(), view.leaderAddress()));
  }

  /** A client's command: ends as a reply in its connection's buffer. */
  private final class RemoteProposal extends Proposal {
    private final long id;

    RemoteProposal(
        long id,
        EntryType type,
        @Nullable SessionHeader session,
        Payload payload,
        long deadlineNanos) {
      super(type, session, payload, deadlineNanos, replies);
      this.id = id;
    }

    @Override
    protected void committed(long index, @Nullable Object reply, @Nullable Payload encoded) {
      replies.add(new ClientReply.Done(id, index, encoded == null ? Payload.EMPTY : encoded));
    }

    @Override
    protected void refused(Refusal refusal) {
      refuse(id, refusal);
    }

    @Override
    protected void unknown(String reason) {
      replies.add(new ClientReply.Unknown(id, reason));
    }
  }

  /** A client's query: decoded where it is asked, on the apply stage. */
  private final class RemoteQuery extends Query {
    private final long id;
    private final Payload query;

    RemoteQuery(long id, Payload query, long deadlineNanos) {
      super(query.length(), deadlineNanos, replies);
      this.id = id;
      this.query = query;
    }

    @Override
    protected Answer run(long lastApplied) {
      try {
        R answer = adapter.query(adapter.commands().decode(query.view()));
        Payload encoded = Payload.of(adapter.encodeReply(answer));
        return new Answer(
            () -> replies.add(new ClientReply.Done(id, lastApplied, encoded)), encoded.length());
      } catch (Exception | Error e) {
        Refusal why = StateMachineAdapter.queryThrew(e);
        return new Answer(() -> refused(why), 0);
      }
    }

    @Override
    protected void refused(Refusal refusal) {
      refuse(id, refusal);
    }
  }
}
