//go:build !kubernetes1.33

package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/component-base/logs"
	"k8s.io/kubectl/pkg/cmd"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

func kubeletCommand() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) }

// kubectl logs while it builds its commands, before flags are parsed.
func setKubectlVerbosity() { _, _ = logs.GlogSetter(cmd.GetLogVerbosity(os.Args)) }
