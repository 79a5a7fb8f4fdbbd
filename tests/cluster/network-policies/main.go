// Command network-policies enforces the cluster's NetworkPolicies: the controller of kube-network-policies, with the
// kubeconfig as an argument where its own command wants to run in a pod. It gives its verdict on the packets that
// iptables puts into a queue (NFQUEUE). The controller also tries to make an nftables table of its own, which this
// kernel may lack: it logs that and goes on, because the rules are the cluster's (sandbox/setup.sh).
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"os/signal"
	"syscall"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "file with the address of the API server and the account to use")
	node := flag.String("node", "", "name of this node")
	queue := flag.Int("queue", 100, "number of the NFQUEUE")
	health := flag.String("health", "", "address that answers GET / with 200 when the policies are known")
	flag.Parse()

	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		log.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		log.Fatal(err)
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	policies := factory.Networking().V1().NetworkPolicies()
	namespaces := factory.Core().V1().Namespaces()
	pods := factory.Core().V1().Pods()
	controller, err := networkpolicy.NewController(client, policies, namespaces, pods, nil, nil, nil, nil,
		// NRIdisabled would crash at the first address that is no pod's: v0.8.0 asks the missing plugin for it.
		networkpolicy.Config{QueueID: *queue, NodeName: *node})
	if err != nil {
		log.Fatal(err)
	}
	synced := func() bool {
		return policies.Informer().HasSynced() && namespaces.Informer().HasSynced() && pods.Informer().HasSynced()
	}
	go func() {
		log.Fatal(http.ListenAndServe(*health, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if !synced() {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		})))
	}()
	factory.Start(ctx.Done())
	if err := controller.Run(ctx); err != nil {
		log.Fatal(err)
	}
}
