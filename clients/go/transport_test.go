package egress

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// world is a server on loopback in the place of the egress proxy, and a dialer to whom names below egress.local
// resolve to it, as in the cluster. The code under test asks for the real names and the real port.
type world struct {
	server *httptest.Server
	mutex  sync.Mutex
	asked  map[string]bool
	opened map[string]bool
	hosts  []string
	seen   int
}

type echo struct{ Method, URL, Host, Cookie, Text string }

func newWorld(t *testing.T, hosts ...string) *world {
	w := &world{asked: map[string]bool{}, opened: map[string]bool{}, hosts: hosts}
	w.server = httptest.NewServer(http.HandlerFunc(w.respond))
	t.Cleanup(w.server.Close)
	return w
}

func (w *world) respond(out http.ResponseWriter, in *http.Request) {
	w.mutex.Lock()
	w.seen++
	w.opened[in.RemoteAddr] = true
	w.mutex.Unlock()
	switch in.URL.Path {
	case "/start":
		out.Header().Set("Set-Cookie", "id=1; Secure; Domain=stripe.com; Path=/")
		out.Header().Set("Location", "https://api.stripe.com/end")
		out.WriteHeader(302)
	case "/relative":
		out.Header().Set("Location", "/end")
		out.WriteHeader(307)
	case "/away":
		out.Header().Set("Location", "https://files.example.com/end")
		out.WriteHeader(302)
	default:
		text, _ := io.ReadAll(in.Body)
		_ = json.NewEncoder(out).Encode(echo{in.Method, in.RequestURI, in.Host, in.Header.Get("Cookie"), string(text)})
	}
}

func (w *world) base() *http.Transport {
	return &http.Transport{
		Proxy: func(*http.Request) (*url.URL, error) { return url.Parse("http://proxy.example.com:3128") },
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			w.mutex.Lock()
			w.asked[address] = true
			w.mutex.Unlock()
			for _, host := range w.hosts {
				if address == host+".egress.local:80" {
					return (&net.Dialer{}).DialContext(ctx, network, w.server.Listener.Addr().String())
				}
			}
			name, _, _ := net.SplitHostPort(address)
			return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}}
		},
	}
}

func (w *world) client(t *testing.T, domain, hosts string) *http.Client {
	t.Helper()
	e, err := New(domain, hosts)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: e.Transport(w.base()), Jar: jar}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func (w *world) onlyAsked(t *testing.T, want ...string) {
	t.Helper()
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, address := range want {
		if !w.asked[address] {
			t.Errorf("%s was not asked for", address)
		}
	}
	if len(w.asked) != len(want) {
		t.Errorf("asked for %v, want %v", w.asked, want)
	}
}

func send(client *http.Client, request *http.Request) (found echo, response *http.Response, err error) {
	response, err = client.Do(request)
	if err != nil {
		return
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return
	}
	err = json.Unmarshal(text, &found)
	return
}

func newRequest(t *testing.T, method, target, body string) *http.Request {
	t.Helper()
	request, err := http.NewRequest(method, target, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func TestSendsMethodPathBodyAndHostInTheClearToTheEgressNameAlone(t *testing.T) {
	w := newWorld(t, "api.stripe.com")
	request := newRequest(t, "POST", "https://api.stripe.com/v1/a%2Fb?b=c", "amount=1")
	found, response, err := send(w.client(t, "egress.local", ""), request)
	if err != nil {
		t.Fatal(err)
	}
	if found != (echo{"POST", "/v1/a%2Fb?b=c", "api.stripe.com", "", "amount=1"}) {
		t.Errorf("%+v", found)
	}
	if got := response.Request.URL.String(); got != "https://api.stripe.com/v1/a%2Fb?b=c" {
		t.Error(got)
	}
	w.onlyAsked(t, "api.stripe.com.egress.local:80")
}

func TestKeepsConnectionsAliveAndManyRequestsApart(t *testing.T) {
	hosts := []string{"api.stripe.com", "files.example.com"}
	w := newWorld(t, hosts...)
	client := w.client(t, "egress.local", "")
	for i := 0; i < 5; i++ {
		if _, _, err := send(client, newRequest(t, "GET", "https://api.stripe.com/first", "")); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.opened) != 1 {
		t.Errorf("%d connections", len(w.opened))
	}
	var all sync.WaitGroup
	for i := 0; i < 20; i++ {
		request := newRequest(t, "GET", fmt.Sprintf("https://%s/%d", hosts[i%2], i), "")
		all.Add(1)
		go func(host, path string) {
			defer all.Done()
			if found, _, err := send(client, request); err != nil || found.Host != host || found.URL != path {
				t.Errorf("%+v %v", found, err)
			}
		}(hosts[i%2], fmt.Sprintf("/%d", i))
	}
	all.Wait()
}

func TestSaysWhyANameDoesNotResolve(t *testing.T) {
	w := newWorld(t)
	_, _, err := send(w.client(t, "egress.local", ""), newRequest(t, "GET", "https://api.stripe.com/", ""))
	var why *Error
	var dns *net.DNSError
	if !errors.As(err, &why) || !errors.As(err, &dns) || why.Error() != unresolvedText("api.stripe.com", "egress.local") {
		t.Fatal(err)
	}
}

func TestSendsNothingWhereTheApplicationNamesAnotherHost(t *testing.T) {
	w := newWorld(t, "api.stripe.com", "evil.example")
	request := newRequest(t, "GET", "https://api.stripe.com/", "")
	request.Host = "evil.example"
	if _, _, err := send(w.client(t, "egress.local", ""), request); err == nil || !strings.Contains(err.Error(), `"Host: evil.example"`) {
		t.Error(err)
	}
	w.onlyAsked(t)
}

func TestWritesHostAsTheProxyComparesIt(t *testing.T) {
	w := newWorld(t, "api.stripe.com")
	client := w.client(t, "egress.local", "")
	for _, host := range []string{"API.stripe.com", "api.stripe.com:443", "api.stripe.com."} {
		request := newRequest(t, "GET", "https://"+host+"/", "")
		if found, _, err := send(client, request); err != nil || found.Host != "api.stripe.com" {
			t.Errorf("%+v %v", found, err)
		}
	}
}

func TestGoesOutDirectly(t *testing.T) {
	for _, c := range []struct{ why, domain, hosts, target string }{
		{"unset", "", "", "https://api.stripe.com/"},
		{"not listed", "egress.local", "other.example.com", "https://api.stripe.com/"},
		{"another port", "egress.local", "", "https://api.stripe.com:8443/"},
		{"http", "egress.local", "", "http://api.stripe.com/"},
	} {
		t.Run(c.why, func(t *testing.T) {
			w := newWorld(t, "api.stripe.com")
			_, _, err := send(w.client(t, c.domain, c.hosts), newRequest(t, "GET", c.target, ""))
			if err == nil || strings.Contains(err.Error(), "EGRESS_DOMAIN") {
				t.Error(err)
			}
			// As base says, by its proxy.
			w.onlyAsked(t, "proxy.example.com:3128")
		})
	}
}

func TestADirectRequestIsTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		_ = json.NewEncoder(out).Encode(echo{Host: in.Host})
	}))
	defer server.Close()
	e, err := New("egress.local", "other.example.com")
	if err != nil {
		t.Fatal(err)
	}
	base := server.Client().Transport.(*http.Transport).Clone()
	base.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	// example.com is the name in the certificate of httptest.
	_, response, err := send(&http.Client{Transport: e.Transport(base)}, newRequest(t, "GET", "https://example.com/", ""))
	if err != nil || response.TLS == nil {
		t.Fatal(err)
	}
}

func TestFollowsRedirects(t *testing.T) {
	for path, end := range map[string]string{
		"/start":    "https://api.stripe.com/end",
		"/relative": "https://api.stripe.com/end",
		"/away":     "https://files.example.com/end",
	} {
		t.Run(path, func(t *testing.T) {
			w := newWorld(t, "api.stripe.com", "files.example.com")
			found, response, err := send(w.client(t, "egress.local", ""), newRequest(t, "GET", "https://api.stripe.com"+path, ""))
			if err != nil || response.Request.URL.String() != end || "https://"+found.Host+found.URL != end {
				t.Errorf("%+v %v", found, err)
			}
		})
	}
}

func TestKeepsCookiesAsThoseOfHTTPS(t *testing.T) {
	w := newWorld(t, "api.stripe.com")
	found, _, err := send(w.client(t, "egress.local", ""), newRequest(t, "GET", "https://api.stripe.com/start", ""))
	if err != nil || found.Cookie != "id=1" {
		t.Errorf("%+v %v", found, err)
	}
}

func TestInstall(t *testing.T) {
	before := http.DefaultTransport
	defer func() { http.DefaultTransport = before }()
	w := newWorld(t, "api.stripe.com")
	base := w.base()
	http.DefaultTransport = base

	t.Setenv("EGRESS_DOMAIN", "")
	if err := Install(); err != nil || http.DefaultTransport != http.RoundTripper(base) {
		t.Fatal("changed, though EGRESS_DOMAIN is empty", err)
	}
	t.Setenv("EGRESS_DOMAIN", "example.com")
	var wrong *ConfigError
	if err := Install(); !errors.As(err, &wrong) {
		t.Fatal(err)
	}
	if _, err := Transport(nil); !errors.As(err, &wrong) {
		t.Fatal(err)
	}
	t.Setenv("EGRESS_DOMAIN", "egress.local")
	if err := Install(); err != nil {
		t.Fatal(err)
	}
	found, _, err := send(http.DefaultClient, newRequest(t, "GET", "https://api.stripe.com/v1", ""))
	if err != nil || found.Host != "api.stripe.com" {
		t.Errorf("%+v %v", found, err)
	}
}

func TestLeavesTheRequestAsItIs(t *testing.T) {
	w := newWorld(t, "api.stripe.com")
	e, err := New("egress.local", "")
	if err != nil {
		t.Fatal(err)
	}
	request := newRequest(t, "GET", "https://api.stripe.com/v1", "")
	response, err := e.Transport(w.base()).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if request.URL.String() != "https://api.stripe.com/v1" || request.Host != "api.stripe.com" || response.Request != request {
		t.Error(request.URL, request.Host)
	}
}
