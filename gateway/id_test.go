package gateway_test

import (
	"crypto/rand"
	"testing"
	"time"

	"aviso/gateway"
)

func TestMade(t *testing.T) {
	at := time.Date(2026, 11, 22, 14, 30, 0, 123e6, time.UTC)
	if got := (gateway.NewFresh(at, rand.Reader)).ID().Made(); !got.Equal(at) {
		t.Errorf("got %v, want %v", got, at)
	}
}
