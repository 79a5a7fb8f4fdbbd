package egress

import (
	"errors"
	"fmt"
	"net"
	"strings"
)

// ConfigError says what is wrong with EGRESS_DOMAIN or EGRESS_HOSTS: the program must not start.
type ConfigError struct{ text string }

func (e *ConfigError) Error() string { return e.text }

func configError(where, given, problem string) *ConfigError {
	return &ConfigError{fmt.Sprintf(`%s "%s" %s`, where, shown(given), problem)}
}

func checkEntry(i int, host, domain string) error {
	where := fmt.Sprintf("EGRESS_HOSTS[%d]", i)
	if host == "" {
		return &ConfigError{where + " is empty; give a host, or leave the comma out"}
	}
	if problem := hostProblem(host, domain); problem != "" {
		return configError(where, host, problem)
	}
	return nil
}

// Error is a request that was not sent, and why. It wraps the resolver's error, where that has failed.
type Error struct {
	text  string
	cause error
}

func (e *Error) Error() string { return e.text }

// Unwrap is the resolver's error, or nil.
func (e *Error) Unwrap() error { return e.cause }

func unresolvedText(host, domain string) string {
	return fmt.Sprintf(`%[1]s.%[2]s does not resolve, so the request to https://%[1]s was not sent. `+
		`EGRESS_DOMAIN is "%[2]s", which resolves inside the cluster only, and only for hosts in the `+
		`EgressProxy's upstreams. Outside the cluster unset EGRESS_DOMAIN; inside, add "%[1]s" to the upstreams, `+
		`or leave it out of EGRESS_HOSTS.`, host, domain)
}

func otherHostText(host, header string) string {
	return fmt.Sprintf(`The request to https://%[1]s has the header field "Host: %[2]s". The egress proxy chooses the `+
		`upstream by Host, so the request was not sent; leave Host out, or make it "%[1]s".`, host, header)
}

// explained is what a failed connection to the egress proxy means, in the application's terms.
func explained(err error, host, domain string) error {
	var dns *net.DNSError
	if !errors.As(err, &dns) {
		return err
	}
	return &Error{unresolvedText(host, domain), err}
}

// checkHost compares the Host that the application has set: the proxy sends a request to the upstream that Host
// names, whatever name was connected to.
func checkHost(host, header string) error {
	name := strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(header), ":443"), ".")
	if header == "" || name == host {
		return nil
	}
	return &Error{text: otherHostText(host, header)}
}
