package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// shells are those a completion script can be written for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func completionCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use: "completion SHELL", Short: "Print the completion script of a shell: " + strings.Join(shells, ", "),
		Example:   "  source <(agentchaos completion bash)\n  agentchaos completion zsh > \"${fpath[1]}/_agentchaos\"",
		ValidArgs: shells,
		Args:      cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("it takes one of "+strings.Join(shells, ", "), "completion needs a shell")
			}
			switch args[0] {
			case "bash":
				return c.Root().GenBashCompletionV2(s.out, true)
			case "zsh":
				return c.Root().GenZshCompletion(s.out)
			case "fish":
				return c.Root().GenFishCompletion(s.out, true)
			case "powershell":
				return c.Root().GenPowerShellCompletionWithDesc(s.out)
			}
			return usagef("it takes one of "+strings.Join(shells, ", "), "unknown shell %q", args[0])
		},
	}
}
