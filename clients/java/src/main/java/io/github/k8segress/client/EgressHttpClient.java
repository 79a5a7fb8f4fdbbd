package io.github.k8segress.client;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * For java.net.http. The JDK follows redirects and keeps cookies inside its client, so they are done here, above the
 * mapping. The JDK writes Host by the URL, so a mapped request is one for http://FOO whose HTTP proxy is
 * FOO.EGRESS_DOMAIN: the target in it is a whole URL, and Host is FOO.
 */
public final class EgressHttpClient extends HttpClient {
  private final HttpClient given;
  private final HttpClient direct;
  private final HttpClient plain;
  private final Egress egress;

  private EgressHttpClient(HttpClient given, Egress egress, int port) {
    this.given = given;
    this.egress = egress;
    direct = directLike(given);
    HttpClient.Builder builder = HttpClient.newBuilder().version(Version.HTTP_1_1).followRedirects(Redirect.NEVER);
    given.connectTimeout().ifPresent(builder::connectTimeout);
    given.executor().ifPresent(builder::executor);
    plain = builder.proxy(new EgressNames(egress, port)).build();
  }

  /**
   * A client like the given one whose mapped requests go to FOO.EGRESS_DOMAIN; the same one where EGRESS_DOMAIN is
   * unset.
   *
   * @throws EgressConfigException where a variable is wrong
   */
  public static HttpClient wrap(HttpClient client) {
    return wrap(client, Egress.fromEnvironment(), Egress.PORT);
  }

  static HttpClient wrap(HttpClient client, Egress egress, int port) {
    return egress.domain() == null ? client : new EgressHttpClient(client, egress, port);
  }

  private static HttpClient directLike(HttpClient given) {
    HttpClient.Builder builder = HttpClient.newBuilder()
        .version(given.version())
        .followRedirects(Redirect.NEVER)
        .sslContext(given.sslContext())
        .sslParameters(given.sslParameters());
    given.connectTimeout().ifPresent(builder::connectTimeout);
    given.executor().ifPresent(builder::executor);
    given.proxy().ifPresent(builder::proxy);
    given.authenticator().ifPresent(builder::authenticator);
    return builder.build();
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<T>> response = sendAsync(request, handler);
    try {
      return response.get();
    } catch (InterruptedException error) {
      response.cancel(true);
      throw error;
    } catch (ExecutionException error) {
      Throwable cause = error.getCause();
      if (cause instanceof IOException known) throw known;
      if (cause instanceof RuntimeException known) throw known;
      throw new IOException(cause);
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
    return sendAsync(request, handler, null);
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> pushes) {
    return new Exchange<>(this::once, given.cookieHandler(), given.followRedirects(), handler, pushes).start(request);
  }

  /** One request, without redirects and cookies. */
  private <T> CompletableFuture<HttpResponse<T>> once(
      HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> pushes) {
    URI uri = request.uri();
    String host = egress.mapped(uri.getScheme(), uri.getHost(), uri.getPort());
    if (host == null) return direct.sendAsync(request, handler, pushes);
    try {
      Egress.checkHost(host, request.headers().firstValue("Host").orElse(null));
    } catch (EgressException error) {
      return CompletableFuture.failedFuture(error);
    }
    HttpRequest wire = HttpRequest.newBuilder(request, (name, value) -> !name.equalsIgnoreCase("Host"))
        .uri(URI.create("http://" + host + pathOf(uri)))
        // With HTTP/2 the JDK would ask for an upgrade.
        .version(Version.HTTP_1_1)
        .build();
    CompletableFuture<HttpResponse<T>> sent = plain.sendAsync(wire, handler);
    return new Translated<>(sent, error -> {
      EgressException explained = egress.explained(error, host);
      return explained == null ? error : explained;
    });
  }

  private static String pathOf(URI uri) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    return new EgressWebSocketBuilder(direct.newWebSocketBuilder(), egress);
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return given.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return given.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return given.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return given.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return given.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return given.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return given.authenticator();
  }

  @Override
  public Version version() {
    return given.version();
  }

  @Override
  public Optional<Executor> executor() {
    return given.executor();
  }

  /** FOO's proxy is FOO.EGRESS_DOMAIN, and there is no way around it. */
  private static final class EgressNames extends ProxySelector {
    private final Egress egress;
    private final int port;

    EgressNames(Egress egress, int port) {
      this.egress = egress;
      this.port = port;
    }

    @Override
    public List<Proxy> select(URI uri) {
      return List.of(
          new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(egress.nameFor(uri.getHost()), port)));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException error) {
      // The client's error says it.
    }
  }
}
