package console

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// Forms are taken from our own pages, under our name or the public one that a
// proxy has, and from what is no browser.
func TestFormsFrom(t *testing.T) {
	forms, err := formsFrom("https://aviso.example.org/")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		fetch, origin string
		taken         bool
	}{
		{"", "", true}, {"same-origin", "https://aviso.example.org", true}, {"none", "", true},
		{"", "http://10.0.0.5:8080", true}, {"", "https://aviso.example.org", true},
		{"cross-site", "https://evil.example", false}, {"same-site", "https://other.example.org", false},
		{"", "https://evil.example", false}, {"", "null", false}, {"", "http://aviso.example.org", false},
		{"", "https://aviso.example.org.evil.example", false}, {"", "https://aviso.example.org:8443", false},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://10.0.0.5:8080/console/login", nil)
		for name, value := range map[string]string{"Sec-Fetch-Site": c.fetch, "Origin": c.origin} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		if err := forms.Check(r); (err == nil) != c.taken {
			t.Errorf("%+v: %v", c, err)
		}
		get := r.Clone(t.Context())
		get.Method = http.MethodGet
		if err := forms.Check(get); err != nil {
			t.Errorf("%+v: a page is refused: %v", c, err)
		}
	}
	for _, none := range []string{"", "nonsense", "http://"} {
		if _, err := formsFrom(none); err != nil {
			t.Errorf("%q: %v", none, err)
		}
	}
}
