package web_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/twilio/twilio-go/client"
)

// BenchmarkText sets the product's handler, with a domain that costs nothing,
// beside a bare Echo handler that checks the signature with twilio-go.
func BenchmarkText(b *testing.B) {
	bare := echo.New()
	validator := client.NewRequestValidator(token)
	bare.POST("/twilio/sms", func(c echo.Context) error {
		form, err := c.FormParams()
		if err != nil {
			return err
		}
		parameters := make(map[string]string, len(form))
		for name := range form {
			parameters[name] = form.Get(name)
		}
		if !validator.Validate(publicURL+"/twilio/sms", parameters, c.Request().Header.Get("X-Twilio-Signature")) {
			return echo.ErrForbidden
		}
		return c.Blob(http.StatusOK, "text/xml", []byte("<Response/>"))
	})
	body, signature := []byte(alerta().Encode()), sign(token, publicURL+"/twilio/sms", alerta())
	for name, handler := range map[string]http.Handler{"product": newFixture(b).server.Public(), "bare": bare} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				request := httptest.NewRequest(http.MethodPost, "/twilio/sms", io.NopCloser(bytes.NewReader(body)))
				request.ContentLength = int64(len(body))
				request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				request.Header.Set("X-Twilio-Signature", signature)
				response := httptest.NewRecorder()
				handler.ServeHTTP(response, request)
				if response.Code != http.StatusOK {
					b.Fatal(response.Code)
				}
			}
		})
	}
}
