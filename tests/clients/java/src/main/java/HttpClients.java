import io.github.k8segress.client.EgressHttpClient;
import io.github.k8segress.client.EgressOkHttp;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;
import okio.Okio;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;

/** Plain HTTP clients: the JDK's two, Apache's, OkHttp. */
public final class HttpClients {
  private static final String BASE = Checks.egress("api.example.com");
  private static final int LARGE = 1_048_576;

  record Answer(int status, String text) {}

  /** One request; `json` and `stream` may be null. */
  interface Client {
    Answer send(String method, String path, String json, InputStream stream) throws Exception;
  }

  public static void main(String[] args) {
    Client client =
        switch (args[0]) {
          case "jdk" -> jdk();
          case "url" -> HttpClients::byUrl;
          case "apache" -> apache();
          case "okhttp" -> okhttp();
          default -> throw new IllegalArgumentException(args[0]);
        };
    Checks.check("GET", () -> {
      Answer answer = client.send("GET", "/v1/items?a=b%20c", null, null);
      Checks.equal(answer, new Answer(200, "{\"items\":[1,2],\"query\":\"?a=b%20c\"}"));
    });
    Checks.check("HEAD", () -> Checks.equal(client.send("HEAD", "/v1/items", null, null).status(), 200));
    Checks.check("DELETE, 204", () -> Checks.equal(client.send("DELETE", "/v1/items", null, null).status(), 204));
    Checks.check("POST of JSON", () -> {
      Answer answer = client.send("POST", "/v1/items", "{\"name\":\"Grüße\"}", null);
      Checks.equal(answer, new Answer(201, "{\"received\":{\"name\":\"Grüße\"}}"));
    });
    Checks.check("PUT of a stream", () -> {
      Answer answer = client.send("PUT", "/v1/upload", null, new ByteArrayInputStream(new byte[LARGE]));
      Checks.contains(answer.text(), "\"bytes\":" + LARGE);
      Checks.contains(answer.text(), "\"chunked\":true");
    });
    Checks.check("redirect", () ->
        Checks.contains(client.send("GET", "/v1/redirect", null, null).text(), "?from=redirect"));
    Checks.check("response in pieces", () ->
        Checks.contains(client.send("GET", "/v1/stream", null, null).text(), "data: three"));
    Checks.check("404 of the vendor", () -> {
      Answer answer = client.send("GET", "/v1/nothing", null, null);
      Checks.equal(answer.status(), 404);
      Checks.contains(answer.text(), "nothing is at");
    });
    Checks.check("403 of the proxy", () -> {
      Answer answer = client.send("GET", "/v2/items", null, null);
      Checks.equal(answer.status(), 403);
      Checks.denied(answer.text());
    });
    System.exit(0);
  }

  private static Client jdk() {
    HttpClient plain = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    HttpClient client = Checks.byPackage() ? EgressHttpClient.wrap(plain) : plain;
    return (method, path, json, stream) -> {
      HttpRequest.BodyPublisher body =
          json != null
              ? HttpRequest.BodyPublishers.ofString(json)
              : stream != null
                  ? HttpRequest.BodyPublishers.ofInputStream(() -> stream)
                  : HttpRequest.BodyPublishers.noBody();
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(BASE + path)).method(method, body);
      if (json != null) request.header("Content-Type", "application/json");
      HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    };
  }

  private static Answer byUrl(String method, String path, String json, InputStream stream) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(BASE + path).toURL().openConnection();
    connection.setRequestMethod(method);
    InputStream body = json == null ? stream : new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
    if (body != null) {
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setDoOutput(true);
      if (json == null) connection.setChunkedStreamingMode(16_384);
      body.transferTo(connection.getOutputStream());
    }
    int status = connection.getResponseCode();
    InputStream response = status < 400 ? connection.getInputStream() : connection.getErrorStream();
    return new Answer(status, new String(response.readAllBytes(), StandardCharsets.UTF_8));
  }

  private static Client apache() {
    CloseableHttpClient client = org.apache.hc.client5.http.impl.classic.HttpClients.createDefault();
    return (method, path, json, stream) -> {
      ClassicRequestBuilder request = ClassicRequestBuilder.create(method).setUri(BASE + path);
      if (json != null) request.setEntity(new StringEntity(json, ContentType.APPLICATION_JSON));
      if (stream != null) request.setEntity(new InputStreamEntity(stream, ContentType.APPLICATION_OCTET_STREAM));
      return client.execute(
          request.build(),
          (response) -> {
            String text = response.getEntity() == null ? "" : EntityUtils.toString(response.getEntity());
            return new Answer(response.getCode(), text);
          });
    };
  }

  private static Client okhttp() {
    OkHttpClient client = Checks.byPackage() ? EgressOkHttp.wrap(new OkHttpClient()) : new OkHttpClient();
    return (method, path, json, stream) -> {
      RequestBody body =
          json != null
              ? RequestBody.create(json, MediaType.get("application/json"))
              : stream != null ? streamed(stream) : null;
      Request request = new Request.Builder().url(BASE + path).method(method, body).build();
      try (okhttp3.Response response = client.newCall(request).execute()) {
        return new Answer(response.code(), response.body().string());
      }
    };
  }

  private static RequestBody streamed(InputStream stream) {
    return new RequestBody() {
      @Override
      public MediaType contentType() {
        return MediaType.get("application/octet-stream");
      }

      @Override
      public void writeTo(BufferedSink sink) throws IOException {
        sink.writeAll(Okio.source(stream));
      }
    };
  }
}
