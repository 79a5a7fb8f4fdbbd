package io.github.k8segress.client;

import java.io.IOException;
import java.net.ProtocolException;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** OkHttp's redirects and answers to 401, by its rules and the client's settings, above the mapping. */
record FollowUps(OkHttpClient settings) implements Interceptor {
  /** OkHttp's own limit. */
  private static final int MAX_FOLLOW_UPS = 20;

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    Response prior = null;
    for (int followUps = 0; ; followUps++) {
      Response response = chain.proceed(request);
      if (prior != null) response = response.newBuilder().priorResponse(prior).build();
      Request next;
      try {
        next = next(response);
      } catch (IOException | RuntimeException error) {
        response.close();
        throw error;
      }
      if (next == null || next.body() != null && next.body().isOneShot()) return response;
      response.close();
      if (followUps == MAX_FOLLOW_UPS) {
        throw new ProtocolException("Too many follow-up requests: " + (followUps + 1));
      }
      prior = withoutBody(response);
      request = next;
    }
  }

  /** A prior response has no body: OkHttp 4 wants null, and OkHttp 5 takes no null. */
  private static Response withoutBody(Response response) {
    try {
      return response.newBuilder().body(null).build();
    } catch (NullPointerException error) {
      return response.newBuilder().body(ResponseBody.create("", (MediaType) null)).build();
    }
  }

  private Request next(Response response) throws IOException {
    return switch (response.code()) {
      case 401 -> settings.authenticator().authenticate(null, response);
      case 300, 301, 302, 303, 307, 308 -> redirect(response);
      default -> null;
    };
  }

  private Request redirect(Response response) {
    String location = response.header("Location");
    if (!settings.followRedirects() || location == null) return null;
    Request request = response.request();
    HttpUrl from = request.url();
    HttpUrl to = from.resolve(location);
    if (to == null) return null;
    if (!to.scheme().equals(from.scheme()) && !settings.followSslRedirects()) return null;
    Request.Builder next = request.newBuilder().url(to);
    changeMethod(next, request, response.code());
    if (!to.host().equals(from.host())) next.removeHeader("Host");
    if (!to.host().equals(from.host()) || to.port() != from.port() || !to.scheme().equals(from.scheme())) {
      next.removeHeader("Authorization");
    }
    return next.build();
  }

  /** As OkHttp: 307 and 308 keep method and body, PROPFIND too; all other methods with a body become GET. */
  private static void changeMethod(Request.Builder next, Request request, int code) {
    String method = request.method();
    if (method.equals("GET") || method.equals("HEAD")) return;
    boolean keeps = code == 307 || code == 308;
    boolean propfind = method.equals("PROPFIND");
    RequestBody body = keeps || propfind ? request.body() : null;
    next.method(keeps || propfind ? method : "GET", body);
    if (body == null) {
      next.removeHeader("Transfer-Encoding").removeHeader("Content-Length").removeHeader("Content-Type");
    }
  }
}
