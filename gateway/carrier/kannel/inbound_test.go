package kannel_test

import (
	"encoding/binary"
	"errors"
	"net/url"
	"strings"
	"testing"

	"aviso/gateway"
	"aviso/gateway/carrier/kannel"
)

func TestParseText(t *testing.T) {
	for _, test := range []struct {
		name, query     string
		from            gateway.Phone
		to, body, field string
	}{
		{"as Kannel writes it", "from=%2B13125550101&to=78910&id=2241ecb9-52f3-4368-ad3e-5d9a672382f1&charset=UTF-8&text=ALERTA++estoy+en+Chicago+%C3%A1", "+13125550101", "78910", "ALERTA  estoy en Chicago á", ""},
		{"UCS-2", "from=%2B13125550101&to=78910&id=1&charset=UTF-16BE&text=%00A%00L%00E%00R%00T%00A%00%20%04%1C", "+13125550101", "78910", "ALERTA М", ""},
		{"old Mexican form", "from=%2B5213312345678&to=78910&id=1&text=SI", "+523312345678", "78910", "SI", ""},
		{"bare international", "from=523312345678&to=78910&id=1&text=SI", "+523312345678", "78910", "SI", ""},
		{"with a prefix", "from=00523312345678&to=78910&id=1&text=SI", "+523312345678", "78910", "SI", ""},
		{"a short code writes", "from=22000&to=78910&id=1&text=AVISO", "22000", "78910", "AVISO", ""},
		{"an empty text", "from=%2B13125550101&to=78910&id=1&text=", "+13125550101", "78910", "", ""},
		{"broken UTF-8", "from=%2B13125550101&to=78910&id=1&text=A%FF", "+13125550101", "78910", "A\uFFFD", ""},
		{"no id", "from=%2B13125550101&to=78910&text=x", "", "", "", "id"},
		{"no sender", "to=78910&id=1&text=x", "", "", "", "from"},
		{"no number of ours", "from=1&id=1&text=x", "", "", "", "to"},
		{"no text", "from=1&to=2&id=1", "", "", "", "text"},
		{"an id that is none", "from=1&to=2&id=%00&text=x", "", "", "", "id"},
	} {
		t.Run(test.name, func(t *testing.T) {
			query, err := url.ParseQuery(test.query)
			if err != nil {
				t.Fatal(err)
			}
			text, err := kannel.ParseText("telco:", query, "")
			if test.field != "" {
				var field *kannel.FieldError
				if !errors.As(err, &field) || field.Field != test.field {
					t.Errorf("%v, want field %s", err, test.field)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if text.From != test.from || text.Sender != test.to || text.Body != test.body || text.Key != "telco:"+query.Get("id") {
				t.Errorf("%q from %q to %q, key %q", text.Body, text.From, text.Sender, text.Key)
			}
		})
	}
}

// Letters arrive as they were written, whatever Kannel calls their character set.
func TestCharsets(t *testing.T) {
	const words = "niña años ¿dónde?"
	latin := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteByte(byte(r)) // all of them are in Latin-1
		}
		return b.String()
	}
	utf16 := func(s string, order binary.AppendByteOrder) string {
		var b []byte
		for _, r := range s {
			b = order.AppendUint16(b, uint16(r))
		}
		return string(b)
	}
	for charset, text := range map[string]string{
		"UTF-8": words, "utf8": words, "": words, "GSM": words, "US-ASCII-OR-SO": words,
		"ISO-8859-1": latin(words), "iso-8859-15": latin(words), "WINDOWS-1252": latin(words), "windows-1252": latin(words), "latin1": latin(words), "CP1252": latin(words),
		"gsm": latin(words), "nobody-knows": latin(words),
		"UTF-16BE": utf16(words, binary.BigEndian), "UTF-16": utf16(words, binary.BigEndian), "UCS-2": utf16(words, binary.BigEndian),
		"UTF-16LE": utf16(words, binary.LittleEndian), "utf-16": "\xff\xfe" + utf16(words, binary.LittleEndian), "ucs-2": "\xfe\xff" + utf16(words, binary.BigEndian),
	} {
		got, err := kannel.ParseText("", url.Values{"from": {"+13125550101"}, "to": {"78910"}, "id": {"1"}, "charset": {charset}, "text": {text}}, "")
		if err != nil || got.Body != words {
			t.Errorf("%q: %q, %v", charset, got.Body, err)
		}
	}
}

// Ten digits without a country are of the operator's own, where it is said.
func TestCountryOfTenDigits(t *testing.T) {
	for _, c := range []struct {
		from, country string
		want          gateway.Phone
	}{
		{"3312345678", "MX", "+523312345678"},
		{"33 1234 5678", "MX", "+523312345678"},
		{"3125550101", "US", "+13125550101"},
		{"3312345678", "", "3312345678"},
		{"13125550101", "MX", "+13125550101"}, // it has its country
		{"+13125550101", "MX", "+13125550101"},
		{"5213312345678", "US", "+523312345678"},
		{"52078", "MX", "52078"},
		{"331234567", "MX", "331234567"},
		{"AVISO12345", "MX", "AVISO12345"},
		{"3312345678", "XX", "3312345678"},
	} {
		got, err := kannel.ParseText("", url.Values{"from": {c.from}, "to": {"78910"}, "id": {"1"}, "text": {"x"}}, c.country)
		if err != nil || got.From != c.want {
			t.Errorf("%s in %q: %q, %v; want %q", c.from, c.country, got.From, err, c.want)
		}
	}
}

func TestParseReceipt(t *testing.T) {
	id := gateway.ID{7}.String()
	for _, test := range []struct {
		query  string
		rank   gateway.Rank
		remedy gateway.Remedy // 0: no failure
		known  bool
	}{
		{"status=1&id=" + id, gateway.RankDelivered, 0, true},
		{"status=2&id=" + id, gateway.RankFailed, gateway.Elsewhere, true},
		{"status=4&id=" + id, gateway.RankQueued, 0, true},
		{"status=8&id=" + id, gateway.RankSent, 0, true},
		{"status=16&id=" + id, gateway.RankFailed, gateway.Elsewhere, true},
		{"status=32&id=" + id, 0, 0, false},
		{"status=x&id=" + id, 0, 0, false},
	} {
		query, _ := url.ParseQuery(test.query)
		r, known, err := kannel.ParseReceipt(query)
		if err != nil || known != test.known {
			t.Errorf("%s: known %v, %v", test.query, known, err)
			continue
		}
		if known && (r.Attempt != gateway.ID{7} || r.Rank != test.rank) {
			t.Errorf("%s: %+v", test.query, r)
		}
		if (r.Failure != nil) != (test.remedy != 0) || r.Failure != nil && (r.Failure.Remedy != test.remedy || !strings.HasPrefix(r.Failure.Code, "kannel-")) {
			t.Errorf("%s: failure %+v", test.query, r.Failure)
		}
	}
	for query, want := range map[string]string{"id=" + id: "status", "status=1": "id"} {
		values, _ := url.ParseQuery(query)
		var field *kannel.FieldError
		if _, _, err := kannel.ParseReceipt(values); !errors.As(err, &field) || field.Field != want {
			t.Errorf("%s: %v", query, err)
		}
	}
	values, _ := url.ParseQuery("status=1&id=nonsense")
	if _, _, err := kannel.ParseReceipt(values); !errors.Is(err, gateway.ErrNotFound) {
		t.Errorf("an id of nothing: %v", err)
	}
}

// FuzzParse holds what Kannel's side may send to not breaking us.
func FuzzParse(f *testing.F) {
	f.Add("from=%2B13125550101&to=78910&id=1&charset=UTF-16BE&text=%00A%00")
	f.Add("status=2&id=01020300000000000000000000000000")
	f.Fuzz(func(t *testing.T, raw string) {
		query, _ := url.ParseQuery(raw)
		if text, err := kannel.ParseText("k:", query, "MX"); err == nil && (text.Key == "k:" || text.From == "" || text.Sender == "") {
			t.Errorf("%q: %+v", raw, text)
		}
		if r, known, err := kannel.ParseReceipt(query); err == nil && known && (r.Rank == gateway.RankFailed) != (r.Failure != nil) {
			t.Errorf("%q: %+v", raw, r)
		}
	})
}
