package scripts_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestKannelLeavesNothing starts a Kannel and ends it in both ways: by stop,
// and by the death of whoever started it.
func TestKannelLeavesNothing(t *testing.T) {
	start := func(t *testing.T, command ...string) (dir string, hosts []string) {
		t.Helper()
		dir = filepath.Join(openFolder(t), "kannel")
		script := exec.CommandContext(t.Context(), command[0], append(command[1:], "start", dir, "http://127.0.0.1:1/kannel/x")...)
		script.Stderr = t.Output()
		out, err := script.Output()
		if err != nil {
			t.Fatal(err)
		}
		var where struct{ SendSMS, FakeSMSC string }
		if err := json.Unmarshal(out, &where); err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		return dir, []string{strings.TrimSuffix(strings.TrimPrefix(where.SendSMS, "http://"), "/cgi-bin/sendsms"), where.FakeSMSC}
	}
	t.Run("stopped", func(t *testing.T) {
		t.Parallel()
		dir, hosts := start(t, "./kannel")
		for _, host := range hosts {
			if !serves(host) {
				t.Errorf("%s is not served", host)
			}
		}
		if out, err := exec.CommandContext(t.Context(), "./kannel", "stop", dir).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, host := range hosts {
			if serves(host) {
				t.Errorf("%s is still served", host)
			}
		}
		if _, err := os.Stat(filepath.Join(dir, "kannel.conf")); err != nil {
			t.Errorf("the folder is not kept: %v", err)
		}
	})
	t.Run("starter gone", func(t *testing.T) {
		t.Parallel()
		// The shell that starts it ends right after it.
		_, hosts := start(t, "bash", "-c", `./kannel "$@"; exit`, "bash")
		waitFor(t, func() bool { return !serves(hosts[0]) && !serves(hosts[1]) })
	})
}

// TestKannelRun hands its path on, and the command's status back.
func TestKannelRun(t *testing.T) {
	script := exec.CommandContext(t.Context(), "./kannel", "run", "bash", "-c", `[ -x "$AVISO_TEST_KANNEL" ] && exit 7`)
	script.Stderr = t.Output()
	if err := script.Run(); script.ProcessState == nil || script.ProcessState.ExitCode() != 7 {
		t.Errorf("%v, want exit status 7", err)
	}
}
