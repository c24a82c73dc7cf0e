package twilio

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// A list is read to its end, on the host of the account whatever the answer says:
// there the login goes with it.
func TestListIsReadToItsEnd(t *testing.T) {
	for name, onward := range map[string]string{
		"the older API": `"next_page_uri":"/2010-04-01/Accounts/X/OutgoingCallerIds.json?Page=%d&PageSize=2&PhoneNumber=%%2B1"`,
		"the newer":     `"meta":{"next_page_url":"https://messaging.example.org/2010-04-01/Accounts/X/OutgoingCallerIds.json?Page=%d&PageSize=2"}`,
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			c := newCarrier(t, func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.URL.RequestURI())
				n := len(asked)
				more := ""
				if n < 4 {
					more = "," + fmt.Sprintf(onward, n)
				}
				fmt.Fprintf(w, `{"outgoing_caller_ids":[{"phone_number":"+1555000%04d"},{"phone_number":null}]%s}`, n, more)
			})
			for most, want := range map[int]int{100: 8, 5: 5} {
				asked = nil
				x := newClient(t, c.URL, nil).exchange(t.Context())
				found, err := list[phoneResource](x, productMessaging, "/v1/Things", "outgoing_caller_ids", listSize(2), most)
				if err != nil || len(found) != want || deref(found[2].PhoneNumber) != "+15550000002" {
					t.Errorf("%d of them at most: %d, %v", most, len(found), err)
				}
				if asked[0] != "/v1/Things?PageSize=2" || !strings.HasPrefix(asked[1], "/2010-04-01/Accounts/X/OutgoingCallerIds.json?Page=1&PageSize=2") {
					t.Errorf("asked %q", asked)
				}
			}
		})
	}
}

// An answer that is none of Twilio's is an error, and nothing is read twice.
func TestListThatIsNone(t *testing.T) {
	for _, body := range []string{"", "<html>", "[]", `{"services":{}}`, `{"services":[{"sid":7}]}`} {
		c := newCarrier(t, answers(200, body))
		x := newClient(t, c.URL, nil).exchange(t.Context())
		if found, err := list[serviceResource](x, productMessaging, "/v1/Services", "services", listSize(2), 10); err == nil {
			t.Errorf("%q: %v", body, found)
		}
	}
	// An empty page that says that there is more ends it.
	c := newCarrier(t, answers(200, `{"services":[],"meta":{"next_page_url":"https://x.org/v1/Services?Page=1"}}`))
	x := newClient(t, c.URL, nil).exchange(t.Context())
	if found, err := list[serviceResource](x, productMessaging, "/v1/Services", "services", listSize(2), 10); err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
	c.asked(t)
}

// What stands in a path is one part of it, whatever Twilio called it.
func TestPathsAreEscaped(t *testing.T) {
	var paths []string
	c := newCarrier(t, func(_ http.ResponseWriter, r *http.Request) { paths = append(paths, r.URL.EscapedPath()) })
	for _, sid := range []string{"SM1", "SM1/../../Calls", "SM?x=1"} {
		_ = newClient(t, c.URL+"/base", nil).Redact(t.Context(), sid)
	}
	head := "/base/2010-04-01/Accounts/" + testAccount + "/Messages/"
	if want := []string{head + "SM1.json", head + "SM1%2F..%2F..%2FCalls.json", head + "SM%3Fx=1.json"}; !slices.Equal(paths, want) {
		t.Errorf("asked %q", paths)
	}
}
