package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// profileVariable names the file that a profiled gateway writes.
const profileVariable = "AVISO_BENCH_PROFILE"

// profiled is the file that is laid over package main, so that the product
// itself knows nothing of profiles.
//
//go:embed profiled.go.txt
var profiled []byte

// buildProfiled builds the gateway so that it profiles itself.
func buildProfiled(to string) (err error) {
	dir, err := os.MkdirTemp("", "aviso-overlay-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	source, err := filepath.Abs(filepath.Join(dir, "profiled.go"))
	if err != nil {
		return err
	}
	target, err := filepath.Abs("cmd/aviso/profiled.go")
	if err != nil {
		return err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{target: source}})
	if err != nil {
		return err
	}
	if err := errors.Join(os.WriteFile(source, profiled, 0o600), os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600)); err != nil {
		return err
	}
	command := exec.Command("go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", to, "./cmd/aviso")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build with profiles: %w\n%s", err, out)
	}
	return nil
}
