package io.bowline.raft;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.runtime.LeaderView;
import io.bowline.raft.runtime.Proposal;
import io.bowline.raft.runtime.Query;
import io.bowline.raft.runtime.ReplyBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One batch of a client's requests to one group: their bytes go on as they came. */
final class ClientRequests<C, R> {
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

  void take(List<ClientRequest> batch) {
    List<RemoteProposal> proposals = new ArrayList<>(batch.size());
    List<RemoteQuery> queries = new ArrayList<>(0);
    for (ClientRequest request : batch) {
      if (request instanceof ClientRequest.Command command) {
        if (command.command().length() > config.maxCommandBytes()) {
          refuse(command.id(), tooLarge(command.command().length()));
        } else {
          proposals.add(
              proposal(command, EntryType.SESSION_COMMAND, command.session(), command.command()));
        }
      } else if (request instanceof ClientRequest.Query query) {
        queries.add(new RemoteQuery(query.id(), query.query(), deadline(request)));
      } else if (request instanceof ClientRequest.OpenSession) {
        proposals.add(proposal(request, EntryType.SESSION_OPEN, null, Payload.EMPTY));
      } else if (request instanceof ClientRequest.CloseSession close) {
        proposals.add(proposal(request, EntryType.SESSION_CLOSE, close.session(), Payload.EMPTY));
      } else {
        throw new AssertionError("no rule for request " + request);
      }
    }
    if (!proposals.isEmpty()) {
      Refusal refusal = node.runtime().propose(proposals, true);
      if (refusal != null) {
        proposals.forEach(proposal -> proposal.refused(refusal));
      }
    }
    if (!queries.isEmpty()) {
      Refusal refusal = node.runtime().read(queries, true);
      if (refusal != null) {
        queries.forEach(query -> query.refused(refusal));
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

  private Refusal tooLarge(int bytes) {
    return new Refusal.Invalid(
        "a command of " + bytes + " bytes is over maxCommandBytes=" + config.maxCommandBytes());
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
      super(deadlineNanos, replies);
      this.id = id;
      this.query = query;
    }

    @Override
    protected Runnable run(long lastApplied) {
      try {
        R answer = adapter.query(adapter.commands().decode(query.view()));
        Payload encoded = Payload.of(adapter.encodeReply(answer));
        return () -> replies.add(new ClientReply.Done(id, lastApplied, encoded));
      } catch (Exception e) {
        return () -> refused(new Refusal.Invalid("the query threw " + e));
      }
    }

    @Override
    protected void refused(Refusal refusal) {
      refuse(id, refusal);
    }
  }
}
