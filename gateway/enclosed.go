package gateway

import "strings"

// Enclosed is what came with a text and is no text: pictures, voice messages. We
// neither fetch nor keep any of it, so that nobody ever has seen or heard it: whoever
// it concerns is told that it came.
type Enclosed struct {
	Pictures, Voices, Videos, Files int
}

// enclosedMost of a kind are told apart: carriers take ten with a message.
const enclosedMost = 10

// Enclose counts one thing by its media type (RFC 2045): "image/jpeg". A type that is
// missing or unknown is a file.
func (e *Enclosed) Enclose(mediaType string) {
	kind, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(mediaType)), "/")
	n := &e.Files
	switch kind {
	case "image":
		n = &e.Pictures
	case "audio":
		n = &e.Voices
	case "video":
		n = &e.Videos
	}
	*n = min(*n+1, enclosedMost)
}

// Any reports whether anything came.
func (e Enclosed) Any() bool { return e != Enclosed{} }
