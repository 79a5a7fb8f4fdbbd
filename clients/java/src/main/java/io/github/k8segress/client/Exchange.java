package io.github.k8segress.client;

import java.io.IOException;
import java.net.CookieHandler;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A request with its redirects and cookies, by the JDK's rules, above the mapping. */
final class Exchange<T> extends CompletableFuture<HttpResponse<T>> {
  /** The JDK's own limit: jdk.httpclient.redirects.retrylimit. */
  private static final int MAX_REDIRECTS = 5;

  /** Sends one request. */
  interface Sender {
    <T> CompletableFuture<HttpResponse<T>> send(
        HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> pushes);
  }

  private final Sender sender;
  private final Optional<CookieHandler> cookies;
  private final Redirect redirects;
  private final BodyHandler<T> handler;
  private final PushPromiseHandler<T> pushes;
  private volatile CompletableFuture<?> current;

  Exchange(
      Sender sender,
      Optional<CookieHandler> cookies,
      Redirect redirects,
      BodyHandler<T> handler,
      PushPromiseHandler<T> pushes) {
    this.sender = sender;
    this.cookies = cookies;
    this.redirects = redirects;
    this.handler = handler;
    this.pushes = pushes;
  }

  CompletableFuture<HttpResponse<T>> start(HttpRequest request) {
    step(request, null, 0);
    return this;
  }

  @Override
  public boolean cancel(boolean mayInterrupt) {
    boolean cancelled = super.cancel(mayInterrupt);
    CompletableFuture<?> sent = current;
    if (sent != null) sent.cancel(mayInterrupt);
    return cancelled;
  }

  private void step(HttpRequest request, HttpResponse<T> previous, int followed) {
    try {
      // A redirect's body is nobody's, and is read to its end so that the connection is kept.
      BodyHandler<T> chosen = info ->
          followed < MAX_REDIRECTS && next(request, info.statusCode(), location(info.headers().map())) != null
              ? BodySubscribers.replacing(null)
              : handler.apply(info);
      CompletableFuture<HttpResponse<T>> sent = sender.send(withCookies(request), chosen, pushes);
      current = sent;
      if (isCancelled()) sent.cancel(true);
      sent.whenComplete((response, error) -> {
        if (error != null) completeExceptionally(Translated.bare(error));
        else received(request, new Seen<>(response, request, previous), followed);
      });
    } catch (IOException | RuntimeException error) {
      completeExceptionally(error);
    }
  }

  private void received(HttpRequest request, HttpResponse<T> response, int followed) {
    try {
      if (cookies.isPresent()) cookies.get().put(request.uri(), response.headers().map());
    } catch (IOException error) {
      completeExceptionally(error);
      return;
    }
    HttpRequest next = followed < MAX_REDIRECTS
        ? next(request, response.statusCode(), location(response.headers().map()))
        : null;
    if (next == null) complete(response);
    else step(next, response, followed + 1);
  }

  private HttpRequest withCookies(HttpRequest request) throws IOException {
    if (cookies.isEmpty()) return request;
    Map<String, List<String>> found = cookies.get().get(request.uri(), request.headers().map());
    List<String> values = found.getOrDefault("Cookie", List.of());
    if (values.isEmpty()) return request;
    HttpRequest.Builder builder = HttpRequest.newBuilder(request, (name, value) -> true);
    values.forEach(value -> builder.header("Cookie", value));
    return builder.build();
  }

  private HttpRequest next(HttpRequest request, int status, String location) {
    boolean redirect = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    if (!redirect || location == null || redirects == Redirect.NEVER) return null;
    URI from = request.uri();
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException error) {
      return null;
    }
    boolean secure = "https".equalsIgnoreCase(to.getScheme());
    if (!secure && !"http".equalsIgnoreCase(to.getScheme()) || to.getHost() == null) return null;
    if (!secure && "https".equalsIgnoreCase(from.getScheme()) && redirects != Redirect.ALWAYS) return null;
    boolean sameOrigin = secure == "https".equalsIgnoreCase(from.getScheme())
        && to.getHost().equalsIgnoreCase(from.getHost())
        && to.getPort() == from.getPort();
    HttpRequest.Builder next = HttpRequest.newBuilder(request, (name, value) -> sameOrigin || !isOfOrigin(name));
    String method = request.method();
    boolean toGet = status == 303 ? !method.equals("HEAD") : status <= 302 && method.equals("POST");
    if (toGet) next.method("GET", BodyPublishers.noBody());
    return next.uri(to).build();
  }

  /** Header fields that are for one origin alone. */
  private static boolean isOfOrigin(String name) {
    return name.equalsIgnoreCase("Authorization") || name.equalsIgnoreCase("Cookie") || name.equalsIgnoreCase("Host");
  }

  private static String location(Map<String, List<String>> headers) {
    List<String> values = headers.getOrDefault("location", List.of());
    return values.isEmpty() ? null : values.get(0);
  }
}
