// Command generate writes the SDKs that Pulumi makes of a schema, with Pulumi's own generators.
//
//	generate <schema.json> <folder>
package main

import (
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "k8s-egress"

// generators are called as the language hosts call them for `pulumi package add`: for a local package, without extra
// files.
var generators = map[string]func(*schema.Package, schema.ReferenceLoader) (map[string][]byte, error){
	"go": func(pkg *schema.Package, _ schema.ReferenceLoader) (map[string][]byte, error) {
		return gogen.GeneratePackage(tool, pkg, nil)
	},
	"nodejs": func(pkg *schema.Package, loader schema.ReferenceLoader) (map[string][]byte, error) {
		return nodejs.GeneratePackage(tool, pkg, nil, nil, true, loader)
	},
	"python": func(pkg *schema.Package, loader schema.ReferenceLoader) (map[string][]byte, error) {
		return python.GeneratePackage(tool, pkg, nil, loader)
	},
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: generate <schema.json> <folder>")
	}
	text, err := os.ReadFile(os.Args[1])
	must(err)
	var spec schema.PackageSpec
	must(json.Unmarshal(text, &spec))
	for language, generate := range generators {
		// Each generator notes names in the package: it needs one of its own.
		pkg, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
		must(err)
		if diagnostics.HasErrors() {
			log.Fatal(diagnostics.Error())
		}
		files, err := generate(pkg, nil)
		must(err)
		for name, content := range files {
			write(filepath.Join(os.Args[2], language, name), content)
		}
	}
}

func write(file string, content []byte) {
	must(os.MkdirAll(filepath.Dir(file), 0o755))
	must(os.WriteFile(file, content, 0o644))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
