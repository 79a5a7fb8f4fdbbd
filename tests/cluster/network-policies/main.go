// Command network-policies enforces the cluster's NetworkPolicies: the controller of kube-network-policies, with the
// kubeconfig as an argument where its own command wants to run in a pod. It gives its verdict on the packets that
// iptables puts into a queue (NFQUEUE, sandbox/setup.sh).
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"os/signal"
	"strings"
	"syscall"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

// noTable is too long for a name, so that nf_tables refuses the controller's own table at once, which it logs. The table
// can't work where the kernel has no queue for nf_tables; then each change of a pod or policy registered a hook and
// took it back, and Linux drops all packets in queues when a hook goes (nf_queue_nf_hook_drop).
var noTable = strings.Repeat("x", 300)

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
		networkpolicy.Config{QueueID: *queue, NodeName: *node, NFTableName: noTable})
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
