// stripe-go.
package main

import (
	"clients/check"
	"context"
	"errors"

	"github.com/stripe/stripe-go/v82"
)

func main() {
	ctx := context.Background()
	backends := stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		URL:               stripe.String(check.Egress("api.stripe.com")),
		MaxNetworkRetries: stripe.Int64(0),
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull},
	})
	client := stripe.NewClient("sk_test_1", stripe.WithBackends(backends))

	check.Run("create with idempotency key", func() error {
		params := &stripe.CustomerCreateParams{Email: stripe.String("a@example.com")}
		params.AddMetadata("order", "7&8")
		params.SetIdempotencyKey("k1")
		customer, err := client.V1Customers.Create(ctx, params)
		if err != nil {
			return err
		}
		return check.Equal(customer.ID, "cus_1")
	})
	check.Run("list by cursor", func() error {
		var ids []string
		for customer, err := range client.V1Customers.List(ctx, &stripe.CustomerListParams{}) {
			if err != nil {
				return err
			}
			ids = append(ids, customer.ID)
		}
		return check.Equal(ids, []string{"cus_1", "cus_2", "cus_3"})
	})
	check.Run("error of the vendor", func() error {
		params := &stripe.ChargeCreateParams{Amount: stripe.Int64(1), Currency: stripe.String("eur")}
		_, err := client.V1Charges.Create(ctx, params)
		var failure *stripe.Error
		if !errors.As(err, &failure) {
			return err
		}
		return check.Equal(failure.Code, stripe.ErrorCodeCardDeclined)
	})
	check.Run("403 of the proxy", func() error {
		_, err := client.V1Balance.Retrieve(ctx, nil)
		return check.IsDenied(err)
	})
}
