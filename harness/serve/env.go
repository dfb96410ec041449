package serve

import (
	"fmt"
	"io"
	"net"
	"net/url"
)

// Key is what stands where an API key would: a client that asks the vendor after all gets a 401, not a bill.
const Key = "agentchaos"

// Variable is a variable of an agent's environment.
type Variable struct{ Name, Value string }

// Environment is what points the usual clients at a server: the vendors' SDKs, the Vercel AI SDK, LangChain, LlamaIndex, LiteLLM
// and what is built on them. Each reads some of these (November 2026). NO_PROXY is not among them, for it is to be added to: see
// [NoProxy].
func Environment(base string) []Variable {
	v1 := base + "/v1"
	return []Variable{
		{"AGENTCHAOS_URL", base},
		{"OPENAI_BASE_URL", v1},
		{"OPENAI_API_BASE", v1},
		{"OPENAI_API_KEY", Key},
		{"ANTHROPIC_BASE_URL", base},
		{"ANTHROPIC_API_BASE", base},
		{"ANTHROPIC_API_URL", base},
		{"ANTHROPIC_API_KEY", Key},
	}
}

// NoProxy are the hosts that must not be asked for through a proxy.
const NoProxy = "127.0.0.1,localhost,::1"

// WriteExports writes an environment as a shell reads it.
func WriteExports(w io.Writer, base string) error {
	for _, v := range Environment(base) {
		if _, err := fmt.Fprintf(w, "export %s=%s\n", v.Name, v.Value); err != nil {
			return err
		}
	}
	for _, name := range [...]string{"NO_PROXY", "no_proxy"} {
		if _, err := fmt.Fprintf(w, "export %s=\"%s${%s:+,$%s}\"\n", name, NoProxy, name, name); err != nil {
			return err
		}
	}
	return nil
}

// URL is where a client on this machine reaches a listener's address.
func URL(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		host, port = a.String(), ""
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}
	return u.String()
}
