// Vault's client.
package main

import (
	"clients/check"
	"context"

	"github.com/hashicorp/vault/api"
)

func main() {
	ctx := context.Background()
	config := api.DefaultConfig()
	config.Address = check.Egress("vault.example.com")
	client, err := api.NewClient(config)
	if err != nil {
		panic(err)
	}
	client.SetToken("hvs.1")

	check.Run("list", func() error {
		secret, err := client.Logical().ListWithContext(ctx, "secret/metadata/apps")
		if err != nil {
			return err
		}
		return check.Equal(secret.Data["keys"], []string{"one", "two/"})
	})
	check.Run("read", func() error {
		secret, err := client.KVv2("secret").Get(ctx, "apps/one")
		if err != nil {
			return err
		}
		return check.Equal(secret.Data["password"], "p")
	})
	check.Run("write", func() error {
		_, err := client.KVv2("secret").Put(ctx, "apps/one", map[string]any{"password": "p"})
		return err
	})
	check.Run("403 of the proxy", func() error {
		_, err := client.Sys().ListPoliciesWithContext(ctx)
		return check.IsDenied(err)
	})
}
