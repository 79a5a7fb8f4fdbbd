module github.com/k8s-egress/k8s-egress/clients/go

go 1.22
