// Package check runs checks, and prints a line of JSON for each.
package check

import (
	"encoding/json"
	"fmt"
	egress "github.com/k8s-egress/k8s-egress/clients/go"
	"os"
	"regexp"
)

// Denied is what the proxy says of a path that no rule admits.
var Denied = regexp.MustCompile("No rule of the upstream|k8s-egress: request-denied")

type line struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
}

// Egress is the address in the cluster of a host outside; with the client package the host's own.
func Egress(host string) string {
	if os.Getenv("EGRESS_DOMAIN") != "" {
		return "https://" + host
	}
	return "http://" + host + ".egress.local"
}

// Without EGRESS_DOMAIN the client package changes nothing.
func init() {
	if err := egress.Install(); err != nil {
		panic(err)
	}
}

// Run runs one check.
func Run(name string, run func() error) {
	result := line{Check: name, OK: true}
	if err := run(); err != nil {
		result.OK, result.Detail = false, err.Error()
	}
	_ = json.NewEncoder(os.Stdout).Encode(result)
}

// Equal compares as printed.
func Equal(actual, expected any) error {
	if a, e := fmt.Sprint(actual), fmt.Sprint(expected); a != e {
		return fmt.Errorf("%s is not %s", a, e)
	}
	return nil
}

// IsDenied wants an error that shows the proxy's own reason.
func IsDenied(err error) error {
	if err == nil {
		return fmt.Errorf("the call succeeded")
	}
	if !Denied.MatchString(err.Error()) {
		return fmt.Errorf("the proxy's reason is not in %w", err)
	}
	return nil
}
