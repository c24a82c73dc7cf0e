package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is stamped at link time (-X main.version=…).
var version = "unknown"

// versionCmd is `aviso version`.
type versionCmd struct{}

// Run prints the version, and what the binary was built from and with.
func (versionCmd) Run(a *app) error {
	_, err := fmt.Fprintf(a.stdout, "aviso %s %s %s/%s\n", describe(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// describe is the stamped version, else the commit that Go recorded.
func describe() string {
	info, ok := debug.ReadBuildInfo()
	if version != "unknown" || !ok {
		return version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return version
}
