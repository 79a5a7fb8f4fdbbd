package egress

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"reflect"
	"testing"
)

type given struct {
	Why    string
	Domain string
	Hosts  string
}

type cases struct {
	Settings []struct {
		given
		Error  string
		Normal *struct {
			Domain string
			Hosts  []string
		}
	}
	URLs []struct {
		given
		URL    string
		Expect string
	} `json:"urls"`
	Failures struct {
		Unresolved struct{ Host, Domain, Text string }
		OtherHost  struct{ Host, Header, Text string }
	}
}

func readCases(t *testing.T) cases {
	t.Helper()
	text, err := os.ReadFile("../cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var found cases
	if err := json.Unmarshal(text, &found); err != nil {
		t.Fatal(err)
	}
	if len(found.Settings) == 0 || len(found.URLs) == 0 {
		t.Fatal("no cases")
	}
	return found
}

func TestSettings(t *testing.T) {
	for _, c := range readCases(t).Settings {
		t.Run(c.Why, func(t *testing.T) {
			e, err := New(c.Domain, c.Hosts)
			if c.Error != "" {
				var wrong *ConfigError
				if !errors.As(err, &wrong) || err.Error() != c.Error {
					t.Fatalf("%v\nwant %s", err, c.Error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.Normal == nil {
				if e.Domain() != "" {
					t.Fatalf("on, with %s", e.Domain())
				}
				return
			}
			if e.Domain() != c.Normal.Domain || len(e.Hosts())+len(c.Normal.Hosts) > 0 && !reflect.DeepEqual(e.Hosts(), c.Normal.Hosts) {
				t.Fatalf("%s %v", e.Domain(), e.Hosts())
			}
		})
	}
}

func TestURLs(t *testing.T) {
	for _, c := range readCases(t).URLs {
		t.Run(c.Why, func(t *testing.T) {
			e, err := New(c.Domain, c.Hosts)
			if err != nil {
				t.Fatal(err)
			}
			target, err := url.Parse(c.URL)
			if err != nil {
				t.Fatal(err)
			}
			got := "direct"
			if mapped, ok := e.URLFor(target); ok {
				got = mapped.String()
			}
			if got != c.Expect {
				t.Fatalf("%s, want %s", got, c.Expect)
			}
		})
	}
}

func TestFailureTexts(t *testing.T) {
	failures := readCases(t).Failures
	if got := unresolvedText(failures.Unresolved.Host, failures.Unresolved.Domain); got != failures.Unresolved.Text {
		t.Error(got)
	}
	if got := otherHostText(failures.OtherHost.Host, failures.OtherHost.Header); got != failures.OtherHost.Text {
		t.Error(got)
	}
}
