// Decodes the Kubernetes manifests named by its arguments strictly: an unknown field, kind or type is an error.
package main

import (
	"bytes"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
)

func main() {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{appsv1.AddToScheme, corev1.AddToScheme, policyv1.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	failed, count := false, 0
	for _, file := range os.Args[1:] {
		text, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		for _, document := range bytes.Split(text, []byte("\n---\n")) {
			count++
			if _, kind, err := decoder.Decode(document, nil, nil); err != nil {
				failed = true
				fmt.Printf("%s: %v: %v\n", file, kind, err)
			}
		}
	}
	fmt.Printf("manifests: %d objects\n", count)
	if failed || count == 0 {
		os.Exit(1)
	}
}
