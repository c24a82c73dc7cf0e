package relay_test

import (
	"context"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/relay"
)

// BenchmarkHandedOver is one attempt from Dispatch to the recorded result,
// with a carrier and a domain that cost nothing.
func BenchmarkHandedOver(b *testing.B) {
	w := &world{book: newBook(time.Now)}
	done := make(chan struct{}, 1)
	left := b.N
	w.Relay = relay.New(relay.Config{
		Queue: w.book, Carrier: nothing{}, Clock: time.Now,
		Domain: domain(func(gateway.Event) {
			w.locked(func() {
				if left--; left == 0 {
					done <- struct{}{}
				}
			})
		}),
		Senders:  []gateway.Sender{{Address: "78910", Kind: gateway.ShortCode, Rate: 1e6}},
		Segments: func(string) int { return 1 },
	})
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		a := gateway.Attempt{Channel: gateway.SMS, To: "+13125550101", Text: "x", Due: time.Now()}
		a.ID[0], a.ID[1], a.ID[2], a.ID[3] = byte(i), byte(i>>8), byte(i>>16), byte(i>>24)
		a.Claim = gateway.Claim{Fence: 1, Until: time.Now().Add(time.Hour)}
		for held := 0; ; { // a queue that is too long is measured, not the relay
			w.locked(func() { held = i - (b.N - left) })
			if held <= 1000 {
				break
			}
			time.Sleep(50 * time.Microsecond)
		}
		w.Dispatch([]gateway.Attempt{a})
	}
	<-done
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}

type domain func(gateway.Event)

func (d domain) Handle(_ context.Context, e gateway.Event) (gateway.Answer, error) {
	d(e)
	return gateway.Answer{}, nil
}

type nothing struct{}

func (nothing) Send(context.Context, gateway.Attempt, string) (string, error) { return "SM1", nil }

func (nothing) Find(context.Context, gateway.Attempt, string) (string, gateway.Found, error) {
	return "", gateway.FoundCannotTell, nil
}

func (nothing) Redact(context.Context, string) error { return nil }
