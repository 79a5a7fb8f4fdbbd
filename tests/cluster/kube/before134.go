//go:build kubernetes1.33

package main

import (
	"github.com/spf13/cobra"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

func kubeletCommand() *cobra.Command { return kubelet.NewKubeletCommand() }

// Its log is set up with its flags.
func setKubectlVerbosity() {}
