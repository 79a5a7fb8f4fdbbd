package egress

import (
	"fmt"
	"regexp"
	"strings"
)

// Top-level domains that will not become public: RFC 6761 (test), RFC 6762 section 3 (local) and its appendix G.
var private = []string{"corp", "home", "internal", "intranet", "lan", "local", "private", "test"}

// RFC 1035 section 2.3.4: 255 octets on the wire are 253 characters.
const maxLength = 253

var (
	label = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	ipv4  = regexp.MustCompile(`^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$`)
	// WHATWG URL: a host whose last label is a number is an IPv4 address.
	number = regexp.MustCompile(`^(?:0x[0-9a-f]*|[0-9]+)$`)
)

const (
	domainExample = "egress.local"
	hostExample   = "api.stripe.com"
	wildcard      = "wildcard"
)

// domainProblem is what is wrong with EGRESS_DOMAIN, or empty.
func domainProblem(given string) string {
	if problem := nameProblem(given, "domain", domainExample); problem != "" {
		return problem
	}
	domain := strings.ToLower(given)
	if !strings.Contains(domain, ".") {
		return fmt.Sprintf("is a single label, which resolvers complete with search domains; give at least two, such as %q",
			domainExample)
	}
	if isWithin(domain, "cluster.local") {
		return fmt.Sprintf("is the cluster's own domain or below it; give the EgressProxy's domain, such as %q", domainExample)
	}
	last := lastLabel(domain)
	if contains(private, last) {
		return ""
	}
	head := strings.Join(private[:len(private)-1], ", .")
	return fmt.Sprintf(`ends in ".%s", which is or may become a public top-level domain, so that outside the cluster `+
		`requests could go to strangers in the clear; give a domain that ends in .%s or .%s, such as %q`,
		last, head, private[len(private)-1], domainExample)
}

// hostProblem is what is wrong with an entry of EGRESS_HOSTS, or empty.
func hostProblem(given, domain string) string {
	if given == "*" {
		return "would be every host; leave EGRESS_HOSTS unset for that"
	}
	name, wild := strings.CutPrefix(given, "*.")
	problem := nameProblem(name, "host", hostExample)
	if problem == wildcard {
		return `has a * that is not its whole first label; a wildcard is "*." and a suffix, such as "*.ingest.sentry.io"`
	}
	if problem != "" && wild {
		return strings.Replace(problem, `ends in a dot; write "`, `ends in a dot; write "*.`, 1)
	}
	if problem != "" {
		return problem
	}
	if !strings.Contains(given, ".") {
		return fmt.Sprintf("is a single label, and those are never mapped; give a full host, such as %q", hostExample)
	}
	suffix := strings.ToLower(name)
	if isWithin(suffix, "localhost") || isWithin(suffix, domain) {
		return fmt.Sprintf("is localhost, or EGRESS_DOMAIN or below it, and those are never mapped; "+
			"give an upstream's host, such as %q", hostExample)
	}
	return ""
}

func nameProblem(given, kind, example string) string {
	alone := fmt.Sprintf("give the %s alone, such as %q", kind, example)
	another := fmt.Sprintf("give a %s such as %q", kind, example)
	switch {
	case !isVisible(given):
		return "has a space, a control character or a character outside ASCII; " + another
	case strings.Contains(given, "://"):
		return "has a scheme; " + alone
	case strings.Contains(given, "@"):
		return "has a user name; " + alone
	case strings.ContainsAny(given, `/\?#`):
		return "has a path; " + alone
	case ipv4.MatchString(given) || strings.Contains(given, "[") || strings.Count(given, ":") > 1:
		return "is an IP address; " + another
	case strings.Contains(given, ":"):
		return "has a port; " + alone
	case strings.Contains(given, "*") && kind == "host":
		return wildcard
	case strings.Contains(given, "*"):
		return "has a wildcard; " + alone
	case strings.HasSuffix(given, "."):
		return fmt.Sprintf(`ends in a dot; write "%s"`, orElse(strings.TrimRight(strings.ToLower(given), "."), example))
	case len(given) > maxLength:
		return fmt.Sprintf("is longer than %d characters; %s", maxLength, another)
	}
	name := strings.ToLower(given)
	for _, part := range strings.Split(name, ".") {
		if !label.MatchString(part) {
			return fmt.Sprintf(`has the label "%s"; a label is 1 to 63 letters, digits and inner hyphens, as in %q`, part, example)
		}
	}
	if number.MatchString(lastLabel(name)) {
		return "would be read as an IP address; " + another
	}
	return ""
}

// isHostname is whether a name in lower case can be a host of the internet, spelled as DNS does.
func isHostname(name string) bool {
	for _, part := range strings.Split(name, ".") {
		if !label.MatchString(part) {
			return false
		}
	}
	return !number.MatchString(lastLabel(name))
}

// isPrivate is whether third parties have no such name, but the cluster or a company may: those are mapped only
// where EGRESS_HOSTS names them.
func isPrivate(host string) bool {
	last := lastLabel(host)
	return last == "svc" || contains(private, last)
}

// isWithin is true where name is ancestor or below it.
func isWithin(name, ancestor string) bool {
	return name == ancestor || strings.HasSuffix(name, "."+ancestor)
}

func isVisible(value string) bool {
	return strings.IndexFunc(value, func(r rune) bool { return r < 0x21 || r > 0x7e }) < 0
}

// shown is a value as an error may show it: one line of visible characters.
func shown(value string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e {
			return '?'
		}
		return r
	}, value)
}

func lastLabel(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func orElse(value, other string) string {
	if value == "" {
		return other
	}
	return value
}

func contains(list []string, value string) bool {
	for _, one := range list {
		if one == value {
			return true
		}
	}
	return false
}
