package sim

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
)

// Story is something that the page plays by itself, on the real phones with the
// real gateway: a press of a button starts it, and it can be paused.
type Story struct {
	Name  string // of the button's value
	Title Words
	Scene string // of the phones that it happens on
	Steps []Step
}

// Step is one thing that somebody does.
type Step struct {
	Say   Words         // what happens, for whoever watches
	Phone int           // where
	Look  time.Duration // for reading, before it is done

	// Do does it, and returns once what it causes can be seen; language is that of
	// the phones' texts. nil: nothing is done.
	Do func(ctx context.Context, language string) error
}

// Reading is how long a story gives whoever watches to read. What is done takes a
// second or two a step more.
func (s *Story) Reading() (d time.Duration) {
	for _, step := range s.Steps {
		d += step.Look
	}
	return d
}

// What a story is doing.
const (
	storyPlaying = "playing"
	storyPaused  = "paused"
	storyDone    = "done"
	storyFailed  = "failed" // something did not come in time
)

const (
	stepTakes  = 25 * time.Second // at most, on a slow machine
	resetTakes = 20 * time.Second
	// calm is how long nothing may be under way for the phones to count as quiet.
	calm = 400 * time.Millisecond
)

// play is a story that is being played, or the last one.
type play struct {
	story *Story
	step  int
	state string
	words Words
	stop  context.CancelFunc
	moved chan struct{} // closed and renewed when it is paused or goes on
}

// tellStory says how far the story is. The carrier's lock is held.
func (p *Phones) tellStory() {
	s := p.play
	n := news{Kind: "story", State: s.state, Words: s.words, Story: s.story.Name, Step: s.step, Steps: len(s.story.Steps)}
	if s.step > 0 {
		n.Phone = s.story.Steps[s.step-1].Phone
	}
	p.tell(n)
}

// storyForm is POST /sim/story: story begins one; do is pause, go, stop, or anew,
// which puts everything back to how it was at the beginning.
func (p *Phones) storyForm(w http.ResponseWriter, r *http.Request) {
	if !p.allowed(w, r) {
		return
	}
	switch do := r.PostFormValue("do"); do {
	case "pause", "go":
		p.pauseStory(do == "pause")
	case "stop":
		p.stopStory()
	case "anew":
		p.stopStory()
		if err := p.reset(context.WithoutCancel(r.Context())); err != nil {
			p.failed(err)
			http.Error(w, Words("no se pudo empezar de nuevo|it could not be started over").In(languageOf(r)), http.StatusServiceUnavailable)
			return
		}
	case "":
		i := slices.IndexFunc(p.cfg.Stories, func(s Story) bool { return s.Name == r.PostFormValue("story") })
		if i < 0 {
			http.Error(w, Words("no hay tal historia|no such story").In(languageOf(r)), http.StatusBadRequest)
			return
		}
		p.begin(&p.cfg.Stories[i])
	default:
		http.Error(w, "story, or do: pause, go, stop, anew", http.StatusBadRequest)
		return
	}
	p.back(w, r, -1)
}

// begin plays a story from its beginning, in place of another one.
func (p *Phones) begin(story *Story) {
	p.stopStory()
	ctx, stop := context.WithCancel(p.c.ctx)
	s := &play{story: story, state: storyPlaying, stop: stop, moved: make(chan struct{}), words: "Preparando los teléfonos …|Getting the phones ready …"}
	p.c.mu.Lock()
	p.play = s
	p.tellStory()
	p.c.mu.Unlock()
	p.c.spawn(func() {
		defer stop()
		err := p.tellOf(ctx, s)
		p.c.mu.Lock()
		defer p.c.mu.Unlock()
		switch {
		case p.play != s: // another one plays
			return
		case err == nil, errors.Is(err, context.Canceled):
			s.state = storyDone
		default:
			p.failed(err)
			s.state, s.words = storyFailed, "Algo tardó demasiado: empiece de nuevo.|Something took too long: start over."
		}
		p.tellStory()
	})
}

func (p *Phones) failed(err error) {
	if p.cfg.Failed != nil {
		p.cfg.Failed(err)
	}
}

// tellOf does a story's steps.
func (p *Phones) tellOf(ctx context.Context, s *play) error {
	if err := p.reset(ctx); err != nil {
		return err
	}
	for i, step := range s.story.Steps {
		p.c.mu.Lock()
		s.step, s.words = i+1, step.Say
		p.tellStory()
		language := p.language
		p.c.mu.Unlock()
		if err := p.look(ctx, s, step.Look); err != nil {
			return err
		}
		if step.Do == nil {
			continue
		}
		within, cancel := context.WithTimeout(ctx, stepTakes)
		err := step.Do(within, language)
		cancel()
		if err != nil {
			return errors.Join(err, ctx.Err())
		}
	}
	return nil
}

// look waits, and longer while the story is paused.
func (p *Phones) look(ctx context.Context, s *play, left time.Duration) error {
	for {
		p.c.mu.Lock()
		moved, paused := s.moved, s.state == storyPaused
		p.c.mu.Unlock()
		var over <-chan time.Time
		began := time.Now()
		if !paused {
			if left <= 0 {
				return ctx.Err()
			}
			over = time.After(left)
		}
		select {
		case <-over:
			left = 0
		case <-moved:
			if !paused {
				left -= time.Since(began)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *Phones) pauseStory(paused bool) {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	s := p.play
	if s == nil || s.state != storyPlaying && s.state != storyPaused {
		return
	}
	s.state = storyPlaying
	if paused {
		s.state = storyPaused
	}
	p.c.held = paused
	close(s.moved)
	s.moved = make(chan struct{})
	p.tellStory()
}

func (p *Phones) stopStory() {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	if p.play == nil {
		return
	}
	p.c.held = false
	p.play.stop()
	if s := p.play; s.state == storyPlaying || s.state == storyPaused {
		s.state = storyDone
		p.tellStory()
	}
}

// reset puts everything back to how it was at the beginning: calls end, what is
// under way arrives, the people are made anew, and the screens are empty.
func (p *Phones) reset(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, resetTakes)
	defer cancel()
	p.resetting.Lock()
	defer p.resetting.Unlock()
	for i := range p.cfg.Phones {
		phone := p.cfg.Phones[i].Phone
		p.c.mu.Lock()
		state, talk, session := phone.state(), phone.talk, phone.session
		p.c.mu.Unlock()
		switch state {
		case "talking":
			talk.HangUp()
		case "ringing":
			phone.Decline(ctx)
		case "dialled":
			session.TimeOut()
		}
	}
	p.c.mu.Lock()
	language := p.language
	p.c.mu.Unlock()
	if p.cfg.Reset != nil {
		if err := p.cfg.Reset(ctx, language); err != nil {
			return err
		}
	}
	if err := p.calm(ctx); err != nil {
		return err
	}
	for i := range p.cfg.Phones {
		p.cfg.Phones[i].Phone.Skip()
	}
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	p.hidden, p.rows, p.open, p.start, p.starter = p.c.seq, nil, 0, time.Time{}, nil
	p.tell(news{Kind: "clear"})
	return nil
}

// calm waits until no text has been under way for a moment.
func (p *Phones) calm(ctx context.Context) error {
	for quiet := time.Duration(0); quiet < calm; quiet += calm / 4 {
		p.c.mu.Lock()
		busy := slices.ContainsFunc(p.c.messages[max(0, len(p.c.messages)-200):], func(m *message) bool { return !m.final })
		p.c.mu.Unlock()
		if busy {
			quiet = -calm / 4
		}
		select {
		case <-time.After(calm / 4):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// peopleForm is POST /sim/language: the language of the phones' texts, people. It
// is as if everybody had always had it, and everything begins anew.
func (p *Phones) peopleForm(w http.ResponseWriter, r *http.Request) {
	if !p.allowed(w, r) {
		return
	}
	language := r.PostFormValue("people")
	if language != inSpanish && language != inEnglish {
		http.Error(w, "people: es, en", http.StatusBadRequest)
		return
	}
	p.stopStory()
	p.c.mu.Lock()
	p.language = language
	p.c.mu.Unlock()
	if err := p.reset(context.WithoutCancel(r.Context())); err != nil {
		p.failed(err)
		http.Error(w, Words("no se pudo cambiar|it could not be changed").In(languageOf(r)), http.StatusServiceUnavailable)
		return
	}
	p.back(w, r, -1)
}
