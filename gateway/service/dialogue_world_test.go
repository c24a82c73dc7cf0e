package service_test

import (
	"io/fs"
	"strings"
	"testing/fstest"

	"aviso/gateway"
)

// More people of the tests.
const (
	centerOne gateway.Phone = "+13125550171" // the contact centre
	centerTwo gateway.Phone = "+13125550172"
	guard     gateway.Phone = "+13125550173" // on call
	rosaOwn   gateway.Phone = "+13125550174" // somebody who is registered
)

// center has somebody answer the key 0.
func (w *world) center() {
	w.service.Rules.CallCenter = []gateway.Phone{centerOne, centerTwo}
}

// tasks are the open ones of a kind, of all alerts and people.
func (w *world) tasks(kind gateway.TaskKind) (found []gateway.Task) {
	w.Helper()
	seen := map[gateway.ID]bool{}
	for _, phone := range []gateway.Phone{juan, maria, other, rosaOwn, gateway.Anonymous} {
		view, err := w.store.View(w.Context(), gateway.Scope{Phone: phone})
		if err != nil {
			w.Fatal(err)
		}
		for _, c := range view.Cases {
			for _, task := range c.Tasks {
				if task.Kind == kind && task.State != gateway.TaskDone && !seen[task.ID] {
					seen[task.ID] = true
					found = append(found, task)
				}
			}
		}
	}
	return found
}

// callTo is the newest call to a phone.
func (w *world) callTo(phone gateway.Phone) gateway.Attempt {
	w.Helper()
	for i := len(w.sent) - 1; i >= 0; i-- {
		if a := w.sent[i]; a.To == phone && a.Channel == gateway.Voice {
			return a
		}
	}
	w.Fatalf("%s was never called", phone)
	return gateway.Attempt{}
}

// notice is a call of ours that was answered.
type notice struct {
	*world
	attempt gateway.Attempt
	sid     string
	step    int
	machine gateway.Machine
	screen  *gateway.Screen
}

func (n *notice) press(keys string, words ...string) {
	n.Helper()
	if n.sid == "" {
		n.sid = "CAnotice"
	}
	n.screen = n.handle(&gateway.NoticeCall{
		Attempt: n.attempt.ID, Call: n.sid, Step: n.step, Keys: keys, To: n.attempt.To, Machine: n.machine,
	}).Screen
	n.deliver()
	n.step = n.screen.Step
	for _, word := range words {
		if !strings.Contains(n.said(), word) {
			n.Errorf("%q is answered %q, without %q", keys, n.said(), word)
		}
	}
}

func (n *notice) said() string {
	var lines []string
	for _, l := range n.screen.Lines {
		lines = append(lines, l.Text)
	}
	return strings.Join(lines, " ")
}

func (n *notice) without(words ...string) {
	n.Helper()
	for _, word := range words {
		if strings.Contains(n.said(), word) {
			n.Errorf("%q holds %q", n.said(), word)
		}
	}
}

// files are an operator's, by name.
type files map[string]string

func (f files) fs() fs.FS {
	folder := fstest.MapFS{}
	for name, content := range f {
		folder[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return folder
}
