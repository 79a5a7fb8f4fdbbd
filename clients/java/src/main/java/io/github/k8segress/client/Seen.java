package io.github.k8segress.client;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/** A response as the application sees it: to its own request, at its own URL. */
record Seen<T>(HttpResponse<T> wire, HttpRequest request, HttpResponse<T> previous) implements HttpResponse<T> {
  @Override
  public int statusCode() {
    return wire.statusCode();
  }

  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    return Optional.ofNullable(previous);
  }

  @Override
  public HttpHeaders headers() {
    return wire.headers();
  }

  @Override
  public T body() {
    return wire.body();
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return wire.sslSession();
  }

  @Override
  public URI uri() {
    return request.uri();
  }

  @Override
  public Version version() {
    return wire.version();
  }
}
