// Command generate-java writes the Java SDK that Pulumi makes of a schema, with Pulumi's own generator. It is a module
// of its own, because the generator needs an older release of Pulumi's packages than the others.
//
//	generate-java <schema.json> <folder>
package main

import (
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi-java/pkg/codegen/java"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: generate-java <schema.json> <folder>")
	}
	text, err := os.ReadFile(os.Args[1])
	must(err)
	var spec schema.PackageSpec
	must(json.Unmarshal(text, &spec))
	// The other generators have validated it.
	pkg, err := schema.ImportSpec(spec, nil, schema.ValidationOptions{})
	must(err)
	// As the language host calls it for `pulumi package add`: a local package, without build files of the old kind.
	files, err := java.GeneratePackage("k8s-egress", pkg, nil, nil, true, false)
	must(err)
	for name, content := range files {
		file := filepath.Join(os.Args[2], name)
		must(os.MkdirAll(filepath.Dir(file), 0o755))
		must(os.WriteFile(file, content, 0o644))
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
