package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"

	"github.com/coredns/caddy/caddyfile"
	"github.com/coredns/coredns/plugin"
	"github.com/coredns/coredns/plugin/pkg/parse"
)

// verdict is what CoreDNS makes of one Corefile, before it asks any plugin.
type verdict struct {
	// Error is why it can't be split into server blocks.
	Error  string  `json:"error,omitempty"`
	Blocks []block `json:"blocks"`
	// AddressError is why the blocks' addresses are refused.
	AddressError string `json:"addressError,omitempty"`
}

// block is a server block: its addresses, and each plugin's words in their order, all of its lines together.
type block struct {
	Keys    []string            `json:"keys"`
	Plugins map[string][]string `json:"plugins"`
}

// verdicts reads Corefiles, each a JSON string on a line, and prints a verdict on each, on a line.
func verdicts() error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var corefile string
		if err := json.Unmarshal(lines.Bytes(), &corefile); err != nil {
			return err
		}
		if err := answers.Encode(judge(corefile)); err != nil {
			return err
		}
	}
	return lines.Err()
}

func judge(corefile string) verdict {
	parsed, err := caddyfile.Parse("Corefile", strings.NewReader(corefile), nil)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	result := verdict{Blocks: []block{}}
	for _, serverBlock := range parsed {
		plugins := map[string][]string{}
		for name, tokens := range serverBlock.Tokens {
			for _, token := range tokens {
				plugins[name] = append(plugins[name], token.Text)
			}
		}
		result.Blocks = append(result.Blocks, block{Keys: serverBlock.Keys, Plugins: plugins})
		for _, key := range serverBlock.Keys {
			if err := judgeAddress(key); err != nil && result.AddressError == "" {
				result.AddressError = err.Error()
			}
		}
	}
	return result
}

// judgeAddress asks as core/dnsserver does when it inspects server blocks.
func judgeAddress(key string) error {
	_, address := parse.Transport(key)
	zones, _, err := plugin.SplitHostPort(address)
	if err != nil {
		return err
	}
	for _, zone := range zones {
		if _, _, err := plugin.SplitHostPort(plugin.Name(zone).Normalize()); err != nil {
			return err
		}
	}
	return nil
}
