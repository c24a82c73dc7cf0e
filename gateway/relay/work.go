package relay

import "context"

// job is an attempt that has its slot and a worker's place.
type job struct {
	*held
	line *line
}

// begun hands a job to a goroutine that has nothing to do, or to a new one. A
// goroutine that has sent a message before has grown the stack that another one
// takes: new ones for all spend a tenth of their time on that.
func (r *Relay) begun(ctx context.Context, j job) {
	select {
	case r.jobs <- j:
	default:
		go r.work(ctx, j)
	}
}

// work sends one message after the other. As many goroutines wait for the next
// one as can be sending and recording at once; the others, which had a result to
// record when the domain was busy, end.
func (r *Relay) work(ctx context.Context, j job) {
	for {
		r.send(ctx, j.held, j.line)
		select {
		case r.waiting <- struct{}{}:
		default:
			return
		}
		select {
		case j = <-r.jobs:
			<-r.waiting
		case <-ctx.Done():
			<-r.waiting
			return
		}
	}
}
