package io.bowline.raft.testkit;

import io.bowline.raft.testkit.linearizability.Model;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A model of one value: see {@link ServiceUnderTest#explainedBy}. */
final class SmallModel<S, C, R> implements Model<S, Request<C>, R> {
  private final S initial;
  private final BiFunction<? super S, ? super C, ? extends S> change;
  private final BiFunction<? super S, ? super C, ? extends R> answer;

  SmallModel(
      S initial,
      BiFunction<? super S, ? super C, ? extends S> change,
      BiFunction<? super S, ? super C, ? extends R> answer) {
    this.initial = initial;
    this.change = change;
    this.answer = answer;
  }

  @Override
  public S initial() {
    return initial;
  }

  @Override
  public boolean isRead(Request<C> request) {
    return request.query();
  }

  @Override
  public @Nullable S step(S state, Request<C> request, @Nullable R output) {
    S after = request.query() ? state : change.apply(state, request.value());
    boolean possible = output == null || output.equals(answer.apply(after, request.value()));
    return possible ? after : null;
  }
}
