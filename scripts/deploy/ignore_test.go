package deploy_test

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// What a gateway leaves in a folder, and the secrets that an operator puts there as
// the files for service say, go neither into a commit nor into an image.
func TestSecretsStayOut(t *testing.T) {
	secrets := []string{
		"aviso.env", "production.env", ".env", ".env.local", "postgres.secret", "pgpass.secret", ".pgpass",
		"aviso.keys", "old.keys", "aviso.keys.new-12", "privkey.pem", "tls.key", "client.p12", "client.pfx",
		"aviso.db", "aviso.db-wal", "aviso.db-shm", "aviso.db-journal", "aviso.db-serve", "monday.backup", "aviso.tls",
		".aviso-backup-12", ".aviso-restore-12", ".aviso-export-12",
	}
	sources := []string{"go.mod", "go.sum", "cmd/aviso/main.go", "templates/console/login.html", "gateway/carrier/twilio/signatures.json", "store/keys.go", "Makefile"}
	for _, list := range []string{".gitignore", ".dockerignore"} {
		b, err := os.ReadFile(filepath.Join("..", "..", list))
		if err != nil {
			t.Fatal(err)
		}
		ignored := func(name string) bool {
			found := false
			for line := range strings.Lines(string(b)) {
				pattern := strings.Trim(strings.TrimPrefix(strings.TrimSpace(line), "**/"), "/")
				if pattern == "" || strings.HasPrefix(pattern, "#") || strings.HasPrefix(pattern, "!") {
					continue
				}
				for part := name; part != "."; part = path.Dir(part) {
					base, _ := path.Match(pattern, path.Base(part))
					whole, _ := path.Match(pattern, part)
					found = found || base || whole
				}
			}
			return found
		}
		for _, secret := range secrets {
			if !ignored(secret) {
				t.Errorf("%s leaves %s in", list, secret)
			}
		}
		for _, source := range sources {
			if ignored(source) {
				t.Errorf("%s leaves %s out", list, source)
			}
		}
	}
}
