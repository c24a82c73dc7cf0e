package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Whatever the carrier's signature stands under, the answer is one of those
// that the carrier knows; and whatever it does not stand under is refused.
func FuzzWebhook(f *testing.F) {
	fix := newFixture(f)
	handler := fix.server.Public()
	for _, path := range []string{"/twilio/sms", "/twilio/status/" + attempt, "/twilio/status/x", "/twilio/sms?step=1", "/twilio/voice", "/x"} {
		f.Add(path, alerta().Encode(), true)
		f.Add(path, "Body=%00&From=%zz&&=&MessageSid", true)
		f.Add(path, alerta().Encode(), false)
	}
	f.Fuzz(func(t *testing.T, target, body string, signed bool) {
		u, err := url.ParseRequestURI(target)
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(target, "/") {
			return
		}
		request, err := http.NewRequest(http.MethodPost, "http://127.0.0.1"+target, strings.NewReader(body))
		if err != nil {
			return
		}
		request.RemoteAddr = "127.0.0.1:1"
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		form, formErr := url.ParseQuery(body)
		single := true // the signature of this test knows no repeated names
		for _, values := range form {
			single = single && len(values) == 1
		}
		if signed {
			address := publicURL + request.URL.EscapedPath()
			if request.URL.RawQuery != "" {
				address += "?" + request.URL.RawQuery
			}
			request.Header.Set("X-Twilio-Signature", sign(token, address, form))
		}
		handled := fix.count()
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request)
		switch status := recorder.Code; {
		case status >= 500:
			t.Errorf("%q %q: %d", target, body, status)
		case !signed && fix.count() != handled:
			t.Errorf("%q %q: handled without a signature", target, body)
		case signed && single && formErr == nil && status == http.StatusForbidden:
			t.Errorf("%q %q: a good signature is refused", target, body)
		case status == http.StatusOK && strings.HasPrefix(target, "/twilio/") && !strings.Contains(recorder.Header().Get("Content-Type"), "xml"):
			t.Errorf("%q: answered as %q", target, recorder.Header().Get("Content-Type"))
		}
	})
}
