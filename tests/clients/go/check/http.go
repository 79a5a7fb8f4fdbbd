package check

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

const large = 1_048_576

// Send makes one request of a plain HTTP client. At most one of json and stream is given.
type Send func(method, path, json string, stream io.Reader) (status int, text string, err error)

// PlainHTTP runs what every HTTP client has to do.
func PlainHTTP(send Send) {
	want := func(name, method, path, body string, status int, part string) {
		Run(name, func() error {
			got, text, err := send(method, path, body, nil)
			if err != nil {
				return err
			}
			if got != status || !strings.Contains(text, part) {
				return fmt.Errorf("%d %s, not %d %s", got, text, status, part)
			}
			return nil
		})
	}
	want("GET", "GET", "/v1/items?a=b%20c", "", 200, `"query":"?a=b%20c"`)
	want("HEAD", "HEAD", "/v1/items", "", 200, "")
	want("DELETE, 204", "DELETE", "/v1/items", "", 204, "")
	want("POST of JSON", "POST", "/v1/items", `{"name":"Grüße"}`, 201, `{"received":{"name":"Grüße"}}`)
	want("gzip", "GET", "/v1/gzip", "", 200, "xxxxxx")
	want("redirect", "GET", "/v1/redirect", "", 200, "?from=redirect")
	want("response in pieces", "GET", "/v1/stream", "", 200, "data: three")
	want("404 of the vendor", "GET", "/v1/nothing", "", 404, "nothing is at")
	want("403 of the proxy", "GET", "/v2/items", "", 403, "No rule of the upstream")
	want("login for a session by cookie", "POST", "/v1/login", "{}", 204, "")
	want("session by cookie", "GET", "/v1/account", "", 200, "ada")
	Run("PUT of a stream", func() error {
		// A reader of unknown length.
		stream := io.MultiReader(strings.NewReader(strings.Repeat("x", large)))
		_, text, err := send("PUT", "/v1/upload", "", stream)
		if err != nil {
			return err
		}
		var result struct {
			Bytes   int
			Chunked bool
		}
		if err := json.Unmarshal([]byte(text), &result); err != nil {
			return fmt.Errorf("%w: %s", err, text)
		}
		return Equal(result, struct {
			Bytes   int
			Chunked bool
		}{large, true})
	})
}
