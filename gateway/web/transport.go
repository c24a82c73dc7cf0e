package web

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
)

// httpsOnly has browsers come by https for a year, without asking http first.
var httpsOnly = []string{"max-age=31536000"}

// addressOf is how the address of a caller is told: that of the connection, or
// where a proxy is trusted that of the last hop before it. What callers write
// into X-Forwarded-For themselves is never believed.
func addressOf(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		trust = append(trust, echo.TrustIPRange(&net.IPNet{
			IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

// within reports whether an address is of one of several networks.
func within(networks []netip.Prefix, address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(ip.Unmap().WithZone("")) })
}

// forwarded reports whether a proxy has handed a request on, as proxies say.
func forwarded(r *http.Request) bool {
	for _, name := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

// errBody refuses a GET or HEAD with a body: none of ours has one, and whoever
// says that one comes would be waited for.
var errBody = errors.New("a GET or HEAD with a body")

// proved is in front of everything that the public address serves. A request
// that has proved nothing by the time of its answer ends its connection, and
// what it said that it would still send is not waited for: net/http otherwise
// reads on after the answer, for as long as a whole request may take.
func proved(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, w := c.Request(), c.Response()
		w.Before(func() {
			if isKept(r.Context()) {
				return
			}
			w.Header()[echo.HeaderConnection] = closeIt
			if r.Body != http.NoBody {
				// A writer that has no such thing has no connection either.
				_ = http.NewResponseController(w.Writer).SetReadDeadline(time.Unix(1, 0))
			}
		})
		if (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.ContentLength != 0 {
			return errBody
		}
		return next(c)
	}
}

var closeIt = []string{"close"}
