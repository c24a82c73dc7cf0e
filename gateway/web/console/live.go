package console

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"aviso/store"
)

const (
	// livePause bounds how often a page is told of changes: within a second,
	// and not for each of a thousand commits.
	livePause = 200 * time.Millisecond
	// liveLook is how often the records are asked whether another node has
	// changed something, while any page is open.
	liveLook = 700 * time.Millisecond
	// livePing keeps proxies from cutting a stream on which nothing happens,
	// and looks whether the session still is.
	livePing = 20 * time.Second
	// liveWrite is how long a browser may take to take a line.
	liveWrite = 10 * time.Second
)

// live tells the pages that are open that something has changed. What it was
// they find by asking for themselves again.
type live struct {
	records *store.Store
	ended   chan struct{}
	once    sync.Once

	mu      sync.Mutex
	streams map[chan struct{}]struct{}
	stop    context.CancelFunc // of the one that looks, while there are streams
}

func newLive(records *store.Store) *live {
	return &live{records: records, ended: make(chan struct{}), streams: map[chan struct{}]struct{}{}}
}

func (l *live) close() { l.once.Do(func() { close(l.ended) }) }

// subscribe gives a hint whenever something has changed, until leave is
// called.
func (l *live) subscribe() (hints <-chan struct{}, leave func()) {
	ch := make(chan struct{}, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.streams[ch] = struct{}{}
	if l.stop == nil {
		ctx, stop := context.WithCancel(context.Background())
		l.stop = stop
		go l.look(ctx)
	}
	return ch, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.streams, ch)
		if len(l.streams) == 0 && l.stop != nil {
			l.stop()
			l.stop = nil
		}
	}
}

func (l *live) look(ctx context.Context) {
	changes := l.records.Changes(ctx)
	tick := time.NewTicker(liveLook)
	defer tick.Stop()
	tide := ""
	for {
		changed := false
		select {
		case <-ctx.Done():
			return
		case <-l.ended:
			return
		case <-changes:
			changed = true
		case <-tick.C:
			// A database that cannot be read is told by the pages themselves.
			now, err := l.records.Tide(ctx)
			changed = err != nil && ctx.Err() == nil || now != tide
			tide = now
		}
		if !changed {
			continue
		}
		l.mu.Lock()
		for ch := range l.streams {
			select {
			case ch <- struct{}{}:
			default:
			}
		}
		l.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-time.After(livePause):
		}
	}
}

// events is GET /console/events: a line whenever a page should look again.
func (c *Console) events(v *visit) error {
	ctx := v.Request().Context()
	token := sessionToken(v.Request())
	hints, leave := c.live.subscribe()
	defer leave()
	w := v.Response()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy must not gather lines
	w.WriteHeader(http.StatusOK)
	stream := http.NewResponseController(w)
	say := func(line string) error {
		// A stream lasts longer than any page may take; each of its lines not.
		err := stream.SetWriteDeadline(time.Now().Add(liveWrite))
		if err == nil {
			_, err = w.Write([]byte(line))
		}
		if err == nil {
			err = stream.Flush()
		}
		return err
	}
	// The first line lets a page that was away look at once.
	if err := say("retry: 1000\nevent: change\ndata: .\n\n"); err != nil {
		return nil
	}
	ping := time.NewTicker(livePing)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-c.live.ended:
			return nil
		case <-hints:
			err = say("event: change\ndata: .\n\n")
		case <-ping.C:
			session, _, look := c.Accounts.Session(ctx, token)
			switch {
			case look != nil:
				return nil // the browser comes back
			case session == nil:
				return errors.Join(say("event: gone\ndata: .\n\n"))
			}
			err = say(": here\n\n")
		}
		if err != nil {
			return nil // the browser has left
		}
	}
}
