package io.github.k8segress.client;

import com.google.gson.Gson;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on loopback in the place of the egress proxy; src/test/resources/hosts leads the cluster's names to it. */
final class FakeProxy implements AutoCloseable {
  /** What arrived. */
  record Request(String method, String url, List<String> host, String cookie, String authorization, String text) {}

  final List<Request> seen = new CopyOnWriteArrayList<>();
  final Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  FakeProxy() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 50);
    server.setExecutor(threads);
    server.createContext("/", this::respond);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void respond(HttpExchange exchange) throws IOException {
    String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var headers = exchange.getRequestHeaders();
    Request request = new Request(
        exchange.getRequestMethod(),
        exchange.getRequestURI().toString(),
        headers.get("Host"),
        headers.getFirst("Cookie"),
        headers.getFirst("Authorization"),
        text);
    seen.add(request);
    connections.add(exchange.getRemoteAddress());
    byte[] body = new Gson().toJson(request).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(flow(exchange), body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static int flow(HttpExchange exchange) {
    var headers = exchange.getResponseHeaders();
    switch (exchange.getRequestURI().getPath()) {
      case "/start":
        headers.add("Set-Cookie", "id=1; Secure; Domain=stripe.com; Path=/");
        headers.add("Location", "https://api.stripe.com/end");
        return 302;
      case "/relative":
        headers.add("Location", "/end");
        return 307;
      case "/away":
        headers.add("Location", "https://files.example.com/end");
        return 302;
      case "/loop":
        headers.add("Location", "https://api.stripe.com/loop");
        return 302;
      case "/password":
        if (exchange.getRequestHeaders().containsKey("Authorization")) return 200;
        headers.add("WWW-Authenticate", "Basic realm=\"x\"");
        return 401;
      default:
        return 200;
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
