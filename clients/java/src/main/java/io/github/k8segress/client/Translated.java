package io.github.k8segress.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;

/** Another future with its errors translated; cancelling this one cancels the other, which ends the JDK's exchange. */
final class Translated<T> extends CompletableFuture<T> {
  private final CompletableFuture<T> source;

  Translated(CompletableFuture<T> source, UnaryOperator<Throwable> translate) {
    this.source = source;
    source.whenComplete((value, error) -> {
      if (error == null) complete(value);
      else completeExceptionally(translate.apply(bare(error)));
    });
  }

  @Override
  public boolean cancel(boolean mayInterrupt) {
    source.cancel(mayInterrupt);
    return super.cancel(mayInterrupt);
  }

  static Throwable bare(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
  }
}
