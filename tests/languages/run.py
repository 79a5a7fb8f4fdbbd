"""Runs a Pulumi program with mocks in place of the engine, and fails unless it registers an EgressProxy.

The mocks answer every registration: this shows that the SDK can be imported and takes the program's arguments, and
nothing about what the component does with them.
"""

import runpy
import sys

import pulumi

registered: list[str] = []


class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs):
        registered.append(args.typ)
        outputs = {"urls": {"api.stripe.com": "http://api.stripe.com.egress.local"}, "auditedNamespaces": []}
        return args.name, {**args.inputs, **outputs}

    def call(self, args: pulumi.runtime.MockCallArgs):
        return {}


pulumi.runtime.set_mocks(Mocks(), project="egress", stack="test")
pulumi.runtime.set_all_config({"egress:repository": "registry.example.com/egress", "egress:stripe": "key"})


@pulumi.runtime.test
def program() -> None:
    runpy.run_path(sys.argv[1])


program()
if "k8s-egress:index:EgressProxy" not in registered:
    sys.exit(f"registered: {registered}")
