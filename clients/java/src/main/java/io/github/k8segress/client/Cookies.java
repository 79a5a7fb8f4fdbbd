package io.github.k8segress.client;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/** OkHttp's cookies, above the mapping: the jar knows https://FOO. */
record Cookies(CookieJar jar) implements Interceptor {
  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    Response response = chain.proceed(withCookies(request));
    List<Cookie> found = Cookie.parseAll(request.url(), response.headers());
    if (!found.isEmpty()) jar.saveFromResponse(request.url(), found);
    return response.newBuilder().request(request).build();
  }

  private Request withCookies(Request request) {
    List<Cookie> cookies = jar.loadForRequest(request.url());
    if (cookies.isEmpty()) return request;
    String field = cookies.stream().map(c -> c.name() + "=" + c.value()).collect(Collectors.joining("; "));
    return request.newBuilder().header("Cookie", field).build();
  }
}
