// Resty.
package main

import (
	"clients/check"
	"io"

	"github.com/go-resty/resty/v2"
)

func main() {
	client := resty.New().SetBaseURL(check.Egress("api.example.com"))
	check.PlainHTTP(func(method, path, json string, stream io.Reader) (int, string, error) {
		request := client.R().SetHeader("Content-Type", "application/json")
		if json != "" {
			request.SetBody(json)
		}
		if stream != nil {
			request.SetBody(stream)
		}
		response, err := request.Execute(method, path)
		if err != nil {
			return 0, "", err
		}
		return response.StatusCode(), response.String(), nil
	})
}
