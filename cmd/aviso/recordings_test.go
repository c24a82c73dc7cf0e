package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Recordings of the operator's are played in place of a machine's voice, from
// an address that says nothing of anybody and never changes what it holds.
func TestRecordingsArePlayed(t *testing.T) {
	r := newRig(t)
	folder := filepath.Join(r.dir, "words", "audio", "es")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "hello.mp3"), []byte("spoken by somebody"), 0o600); err != nil {
		t.Fatal(err)
	}
	words := filepath.Join(r.dir, "words")
	r.serve("--words", words)
	talk := r.call(r.juan, sender)
	said := r.hear(talk, "/audio/es/hello.", "Para hablar con una persona")
	address := said[strings.Index(said, "/audio/"):]
	address = address[:strings.IndexByte(address, ']')]
	response, err := http.Get(r.base + address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != "spoken by somebody" {
		t.Errorf("%s is %q, %v", address, body, err)
	}
	if kind, cache := response.Header.Get("Content-Type"), response.Header.Get("Cache-Control"); kind != "audio/mpeg" || !strings.Contains(cache, "immutable") {
		t.Errorf("%s is %s, kept as %s", address, kind, cache)
	}
	for _, path := range []string{"/audio/", "/audio/es/hello.mp3", "/audio/es/hello.000000000000.mp3", "/audio/../aviso.keys", "/audio/es/menu.mp3"} {
		response, err := http.Get(r.base + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 404 {
			t.Errorf("GET %s: %d, want 404", path, response.StatusCode)
		}
	}
	talk.HangUp()
}
