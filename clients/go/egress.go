// Package egress lets an application keep https://FOO: in the cluster its requests go through the egress proxy, as
// http://FOO.egress.local, below redirects, cookies and signatures.
//
// EGRESS_DOMAIN switches it on; where it is unset or empty, everything goes out directly.
package egress

import (
	"net"
	"os"
	"strings"
)

// port is the only one that mapped requests go to.
const port = "80"

// Egress is the decisions that EGRESS_DOMAIN and EGRESS_HOSTS make. The zero value maps nothing.
type Egress struct {
	domain string
	hosts  []string
}

// FromEnv reads the process's environment. It fails with a *ConfigError where a variable is wrong.
func FromEnv() (*Egress, error) {
	return New(os.Getenv("EGRESS_DOMAIN"), os.Getenv("EGRESS_HOSTS"))
}

// New is FromEnv with the values of EGRESS_DOMAIN and EGRESS_HOSTS.
func New(domain, hosts string) (*Egress, error) {
	if domain == "" {
		return &Egress{}, nil
	}
	if problem := domainProblem(domain); problem != "" {
		return nil, configError("EGRESS_DOMAIN", domain, problem)
	}
	e := &Egress{domain: strings.ToLower(domain)}
	if hosts == "" {
		return e, nil
	}
	for i, entry := range strings.Split(hosts, ",") {
		host := strings.Trim(entry, " \t")
		if err := checkEntry(i, host, e.domain); err != nil {
			return nil, err
		}
		e.hosts = append(e.hosts, strings.ToLower(host))
	}
	return e, nil
}

// Domain is the domain in lower case, empty where EGRESS_DOMAIN is unset or empty.
func (e *Egress) Domain() string { return e.domain }

// Hosts are the entries of EGRESS_HOSTS in lower case; none means all hosts.
func (e *Egress) Hosts() []string { return append([]string(nil), e.hosts...) }

// Mapped is the host in lower case whose requests go to <host>.<domain>. False: the request goes out directly.
func (e *Egress) Mapped(scheme, hostname, urlPort string) (string, bool) {
	if e.domain == "" || scheme != "https" && scheme != "wss" || urlPort != "" && urlPort != "443" {
		return "", false
	}
	// Only ASCII: strings.ToLower makes k of the Kelvin sign.
	if !isVisible(hostname) || net.ParseIP(hostname) != nil {
		return "", false
	}
	host := strings.TrimSuffix(strings.ToLower(hostname), ".")
	if !strings.Contains(host, ".") || !isHostname(host) || len(host)+1+len(e.domain) > maxLength {
		return "", false
	}
	if isWithin(host, "localhost") || isWithin(host, e.domain) || !e.chosen(host) {
		return "", false
	}
	return host, true
}

func (e *Egress) chosen(host string) bool {
	if len(e.hosts) == 0 {
		return !isPrivate(host)
	}
	for _, entry := range e.hosts {
		if entry == host || strings.HasPrefix(entry, "*.") && strings.HasSuffix(host, entry[1:]) {
			return true
		}
	}
	return false
}
