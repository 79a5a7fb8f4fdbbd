"""Which names can be EGRESS_DOMAIN, an entry of EGRESS_HOSTS, or the host of an upstream."""

from __future__ import annotations

import re

# Top-level domains that will not become public: RFC 6761 (test), RFC 6762 section 3 (local) and its appendix G.
_PRIVATE = ("corp", "home", "internal", "intranet", "lan", "local", "private", "test")

# RFC 1035 section 2.3.4: 255 octets on the wire are 253 characters.
MAX_LENGTH = 253

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
# WHATWG URL: a host whose last label is a number is an IPv4 address.
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")

_DOMAIN_EXAMPLE = "egress.local"
_HOST_EXAMPLE = "api.stripe.com"
_WILDCARD = "wildcard"


def domain_problem(given: str) -> str | None:
    """What is wrong with EGRESS_DOMAIN, or None."""
    problem = _name_problem(given, "domain", _DOMAIN_EXAMPLE)
    if problem:
        return problem
    domain = given.lower()
    example = f'such as "{_DOMAIN_EXAMPLE}"'
    if "." not in domain:
        return f"is a single label, which resolvers complete with search domains; give at least two, {example}"
    if is_within(domain, "cluster.local"):
        return f"is the cluster's own domain or below it; give the EgressProxy's domain, {example}"
    last = _last_label(domain)
    if last in _PRIVATE:
        return None
    names = [f".{name}" for name in _PRIVATE]
    return (
        f'ends in ".{last}", which is or may become a public top-level domain, so that outside the cluster requests '
        f"could go to strangers in the clear; give a domain that ends in {', '.join(names[:-1])} or {names[-1]}, "
        f"{example}"
    )


def host_problem(given: str, domain: str) -> str | None:
    """What is wrong with an entry of EGRESS_HOSTS, or None."""
    if given == "*":
        return "would be every host; leave EGRESS_HOSTS unset for that"
    wildcard = given.startswith("*.")
    problem = _name_problem(given[2:] if wildcard else given, "host", _HOST_EXAMPLE)
    if problem == _WILDCARD:
        return (
            'has a * that is not its whole first label; a wildcard is "*." and a suffix, '
            'such as "*.ingest.sentry.io"'
        )
    if problem:
        return problem.replace('ends in a dot; write "', 'ends in a dot; write "*.') if wildcard else problem
    host = given.lower()
    if "." not in host:
        return f'is a single label, and those are never mapped; give a full host, such as "{_HOST_EXAMPLE}"'
    suffix = host[2:] if wildcard else host
    if is_within(suffix, "localhost") or is_within(suffix, domain):
        return (
            "is localhost, or EGRESS_DOMAIN or below it, and those are never mapped; give an upstream's host, "
            f'such as "{_HOST_EXAMPLE}"'
        )
    return None


def _name_problem(given: str, kind: str, example: str) -> str | None:
    alone = f'give the {kind} alone, such as "{example}"'
    another = f'give a {kind} such as "{example}"'
    if not all("\x21" <= c <= "\x7e" for c in given):
        return f"has a space, a control character or a character outside ASCII; {another}"
    if "://" in given:
        return f"has a scheme; {alone}"
    if "@" in given:
        return f"has a user name; {alone}"
    if any(c in given for c in "/\\?#"):
        return f"has a path; {alone}"
    if _IPV4.fullmatch(given) or "[" in given or given.count(":") > 1:
        return f"is an IP address; {another}"
    if ":" in given:
        return f"has a port; {alone}"
    if "*" in given:
        return _WILDCARD if kind == "host" else f"has a wildcard; {alone}"
    if given.endswith("."):
        return f'ends in a dot; write "{given.lower().rstrip(".") or example}"'
    if len(given) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} characters; {another}"
    labels = given.lower().split(".")
    for label in labels:
        if not _LABEL.fullmatch(label):
            return (
                f'has the label "{label}"; a label is 1 to 63 letters, digits and inner hyphens, as in "{example}"'
            )
    if _NUMBER.fullmatch(labels[-1]):
        return f"would be read as an IP address; {another}"
    return None


def is_hostname(name: str) -> bool:
    """Whether a name in lower case can be a host of the internet, spelled as DNS does."""
    return all(_LABEL.fullmatch(label) for label in name.split(".")) and not _NUMBER.fullmatch(_last_label(name))


def is_private(host: str) -> bool:
    """Whether third parties have no such name, but the cluster or a company may.

    Those are mapped only where EGRESS_HOSTS names them.
    """
    last = _last_label(host)
    return last == "svc" or last in _PRIVATE


def is_within(name: str, ancestor: str) -> bool:
    """True where ``name`` is ``ancestor`` or below it."""
    return name == ancestor or name.endswith("." + ancestor)


def shown(value: str) -> str:
    """A value as an error may show it: one line of visible characters."""
    return "".join(c if "\x20" <= c <= "\x7e" else "?" for c in value)


def _last_label(name: str) -> str:
    return name[name.rfind(".") + 1 :]
