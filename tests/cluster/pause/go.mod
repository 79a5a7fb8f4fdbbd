module k8s-egress/tests/cluster/pause

go 1.26.0
