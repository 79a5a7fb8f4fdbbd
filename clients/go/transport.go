package egress

import (
	"net/http"
	"net/url"
)

// Transport sends mapped requests to FOO.EGRESS_DOMAIN, and all others by base (nil: http.DefaultTransport).
//
// It belongs below http.Client, which follows redirects and keeps cookies, and below what signs. Mapped requests use
// base's dialer and time limits where base is an *http.Transport, and never a proxy of the environment. It fails
// with a *ConfigError where a variable is wrong.
func Transport(base http.RoundTripper) (http.RoundTripper, error) {
	e, err := FromEnv()
	if err != nil {
		return nil, err
	}
	return e.Transport(base), nil
}

// Install replaces http.DefaultTransport, which http.DefaultClient and every http.Client without a Transport use.
// It changes nothing where EGRESS_DOMAIN is unset. Call it once, first in main: libraries that have copied the
// transport before are not reached, and those that expect an *http.Transport there do not start.
func Install() error {
	e, err := FromEnv()
	if err != nil || e.domain == "" {
		return err
	}
	http.DefaultTransport = e.Transport(http.DefaultTransport)
	return nil
}

// Transport is as the function, with decisions that are made already.
func (e *Egress) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	if e.domain == "" {
		return base
	}
	return &transport{egress: e, direct: base, plain: plainFrom(base)}
}

type transport struct {
	egress *Egress
	direct http.RoundTripper
	plain  *http.Transport
}

func plainFrom(base http.RoundTripper) *http.Transport {
	plain := &http.Transport{}
	if known, ok := base.(*http.Transport); ok {
		plain = known.Clone()
	}
	// A proxy of the environment would see the requests in the clear.
	plain.Proxy = nil
	return plain
}

// RoundTrip leaves the request as it is: http.Client makes redirects and cookies of it.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	host, mapped := t.egress.Mapped(request.URL.Scheme, request.URL.Hostname(), request.URL.Port())
	if !mapped {
		return t.direct.RoundTrip(request)
	}
	if err := checkHost(host, request.Host); err != nil {
		closeBody(request)
		return nil, err
	}
	response, err := t.plain.RoundTrip(t.wire(request, host))
	if err != nil {
		return nil, explained(err, host, t.egress.domain)
	}
	response.Request = request
	return response, nil
}

func (t *transport) wire(request *http.Request, host string) *http.Request {
	wire := request.WithContext(request.Context())
	target := *request.URL
	target.Scheme = "http"
	target.Host = host + "." + t.egress.domain + ":" + port
	wire.URL = &target
	wire.Host = host
	return wire
}

// CloseIdleConnections is what http.Client calls.
func (t *transport) CloseIdleConnections() {
	t.plain.CloseIdleConnections()
	if direct, ok := t.direct.(interface{ CloseIdleConnections() }); ok {
		direct.CloseIdleConnections()
	}
}

// A RoundTripper closes the body on errors too.
func closeBody(request *http.Request) {
	if request.Body != nil {
		_ = request.Body.Close()
	}
}

// URLFor is the URL that stands for target in the cluster, or false.
func (e *Egress) URLFor(target *url.URL) (*url.URL, bool) {
	host, mapped := e.Mapped(target.Scheme, target.Hostname(), target.Port())
	if !mapped {
		return nil, false
	}
	found := *target
	found.Scheme = "http"
	found.Host = host + "." + e.domain
	return &found, true
}
