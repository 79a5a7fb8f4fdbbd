// go-github.
package main

import (
	"clients/check"
	"context"
	"net/url"

	"github.com/google/go-github/v74/github"
)

func main() {
	ctx := context.Background()
	client := github.NewClient(nil).WithAuthToken("ghp_1")
	client.BaseURL, _ = url.Parse(check.Egress("api.github.com") + "/")

	check.Run("get", func() error {
		repository, _, err := client.Repositories.Get(ctx, "octo", "hello")
		if err != nil {
			return err
		}
		return check.Equal(repository.GetFullName(), "octo/hello")
	})
	check.Run("pages by Link", func() error {
		var numbers []int
		options := &github.IssueListByRepoOptions{}
		for {
			issues, response, err := client.Issues.ListByRepo(ctx, "octo", "hello", options)
			if err != nil {
				return err
			}
			numbers = append(numbers, issues[0].GetNumber())
			if response.NextPage == 0 {
				return check.Equal(numbers, []int{1, 2, 3})
			}
			options.ListOptions.Page = response.NextPage
		}
	})
	check.Run("a moved repository", func() error {
		repository, _, err := client.Repositories.Get(ctx, "octo", "old")
		if err != nil {
			return err
		}
		return check.Equal(repository.GetFullName(), "octo/hello")
	})
	check.Run("create", func() error {
		issue, _, err := client.Issues.Create(ctx, "octo", "hello", &github.IssueRequest{Title: github.Ptr("Grüße")})
		if err != nil {
			return err
		}
		return check.Equal(issue.GetNumber(), 4)
	})
	check.Run("403 of the proxy", func() error {
		_, _, err := client.Gists.Get(ctx, "1")
		return check.IsDenied(err)
	})
}
