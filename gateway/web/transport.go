package web

import (
	"net"
	"net/http"
	"net/netip"

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

// keepAnswered keeps the connection of a page that is shown: a stream of events
// lasts, and its reader has signed in.
func (s *Server) keepAnswered(c echo.Context) {
	if c.Response().Status < http.StatusBadRequest {
		keep(c.Request().Context())
	}
}
