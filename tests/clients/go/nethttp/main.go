// net/http of Go's standard library.
package main

import (
	"clients/check"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
)

func main() {
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	check.PlainHTTP(func(method, path, json string, stream io.Reader) (int, string, error) {
		if json != "" {
			stream = strings.NewReader(json)
		}
		request, err := http.NewRequest(method, check.Egress("api.example.com")+path, stream)
		if err != nil {
			return 0, "", err
		}
		request.Header.Set("Content-Type", "application/json")
		response, err := client.Do(request)
		if err != nil {
			return 0, "", err
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		return response.StatusCode, string(text), err
	})
}
