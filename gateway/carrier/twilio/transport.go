package twilio

import (
	"net"
	"net/http"
	"time"

	"aviso/gateway"
)

// Time-outs within gateway.SendBudget (4 s), which bounds a whole request.
const (
	// dialBudget is for the name and the TCP connection: one lost SYN, which
	// is repeated after 1 s, fits in.
	dialBudget = gateway.SendBudget / 2
	// tlsBudget leaves at least half a second for the answer in the worst case.
	tlsBudget = 1500 * time.Millisecond
	// idleBudget is how long an unused connection is kept. Short, because a
	// request on one that the other side is just closing has an unknown
	// outcome.
	idleBudget = 30 * time.Second
	// keepAlive finds connections that a NAT has forgotten.
	keepAlive = 15 * time.Second
)

// poolSize is how many idle connections are kept, at least as many as
// requests are made at once: Go's default of two would mean a new connection
// for almost every message of a burst.
const poolSize = 128

// NewTransport is a pool of HTTP/1.1 connections for the REST API. HTTP/2
// would put all messages onto one connection, where a single stalled one
// holds up every alert.
func NewTransport() *http.Transport {
	http1 := new(http.Protocols)
	http1.SetHTTP1(true)
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: dialBudget, KeepAlive: keepAlive}).DialContext,
		TLSHandshakeTimeout: tlsBudget,
		MaxIdleConns:        0, // bounded by host
		MaxIdleConnsPerHost: poolSize,
		IdleConnTimeout:     idleBudget,
		Protocols:           http1,
	}
}
