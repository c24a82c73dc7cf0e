package gateway

import "testing"

// Who writes is their phone, by whatever way and however a carrier spells it;
// what is no phone is kept as it is named.
func TestParseAddress(t *testing.T) {
	for _, c := range []struct {
		written string
		phone   Phone
		via     Via
	}{
		{"+13125550101", "+13125550101", ViaPhone},
		{" +13125550101 ", "+13125550101", ViaPhone},
		{"13125550101", "+13125550101", ViaPhone},  // the plus is missing
		{" 13125550101", "+13125550101", ViaPhone}, // the plus was a blank on the way
		{"0013125550101", "+13125550101", ViaPhone},
		{"+5213312345678", "+523312345678", ViaPhone},
		{"5213312345678", "+523312345678", ViaPhone},
		{"+1 (312) 555-0101", "+13125550101", ViaPhone},
		{"rcs:+13125550101", "+13125550101", ViaRCS},
		{"RCS:+13125550101", "+13125550101", ViaRCS},
		{"Rcs: +1 312 555 0101", "+13125550101", ViaRCS},
		{"rcs:13125550101", "+13125550101", ViaRCS},
		{"rcs: 13125550101", "+13125550101", ViaRCS},
		{"rcs:our_agent_ab12", "rcs:our_agent_ab12", ViaRCS}, // a sender of ours
		{"whatsapp:+523312345678", "+523312345678", ViaWhatsApp},
		{"whatsapp:+5213312345678", "+523312345678", ViaWhatsApp},
		{"WhatsApp: 5213312345678", "+523312345678", ViaWhatsApp},
		{"whatsapp:3312345678", "whatsapp:3312345678", ViaWhatsApp}, // of which country?
		{"whatsapp:", "whatsapp:", ViaWhatsApp},
		{"tel:+13125550101", "+13125550101", ViaPhone},
		{"messenger:108000000000001", "messenger:108000000000001", "messenger"},
		{"MESSENGER: 108000000000001", "messenger:108000000000001", "messenger"},
		{"22000", "22000", ViaPhone},
		{"AVISO", "AVISO", ViaPhone},
		{"3125550101", "3125550101", ViaPhone},
		{"+0123", "+0123", ViaPhone},
		{"", "", ViaPhone},
		{":+13125550101", ":+13125550101", ViaPhone},
		{"sip:+13125550101@pbx.example.org", "sip:+13125550101@pbx.example.org", ViaSIP},
		{"client:juan", "client:juan", ViaClient},
	} {
		if got := ParseAddress(c.written); got.Phone != c.phone || got.Via != c.via {
			t.Errorf("%q: %+v, want %q by %q", c.written, got, c.phone, c.via)
		}
	}
}

// Anybody can write any number in front of their own host: of a call over the
// internet it counts where the host is the operator's.
func TestAddressOfAnInternetCall(t *testing.T) {
	own := []string{"pbx.example.org", "red.sip.twilio.com"}
	for _, c := range []struct {
		written string
		own     []string
		phone   Phone
	}{
		{"sip:+13125550101@pbx.example.org", own, "+13125550101"},
		{"sip:13125550101@red.sip.twilio.com", own, "+13125550101"},
		{"SIPS:+13125550101@PBX.Example.org:5061;transport=tls", own, "+13125550101"},
		{"sip:+5213312345678;cpc=ordinary@pbx.example.org", own, "+523312345678"},
		{"sip:+13125550101@pbx.example.org.evil.example", own, "sip:+13125550101@pbx.example.org.evil.example"},
		{"sip:+13125550101@evil.example", own, "sip:+13125550101@evil.example"},
		{"sip:+13125550101@evil.example;x=@pbx.example.org", own, "sip:+13125550101@evil.example;x=@pbx.example.org"},
		{"sip:+13125550101", own, "sip:+13125550101"},
		{"sip:+13125550101@", []string{""}, "sip:+13125550101@"},
		{"sip:juan@pbx.example.org", own, "sip:juan@pbx.example.org"},
		{"sip:+13125550101@pbx.example.org", nil, "sip:+13125550101@pbx.example.org"},
		{"client:+13125550101", own, "client:+13125550101"},
		{"client:+13125550101", []string{"client"}, "+13125550101"},
		{"client:juan", []string{"client"}, "client:juan"},
		{"+13125550101", nil, "+13125550101"},
		{"whatsapp:+5213312345678", nil, "+523312345678"}, // calls come by it too
	} {
		if got := ParseAddress(c.written).From(c.own); got != c.phone {
			t.Errorf("%q of %q: %q, want %q", c.written, c.own, got, c.phone)
		}
	}
	if to := ParseAddress("sip:+15550001111@red.sip.twilio.com").To(); to != "+15550001111" {
		t.Errorf("called: %q", to)
	}
	if to := ParseAddress("whatsapp:+15550001111").To(); to != "+15550001111" {
		t.Errorf("called: %q", to)
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"rcs:+13125550101", "sip:+1@[::1]:5060", "whatsapp: 521", "a:b:c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a := ParseAddress(s)
		for _, p := range []Phone{a.Phone, a.From([]string{"x.org", "client"}), a.To()} {
			if again := ParseAddress(string(p)); p.Dialable() && again.Phone != p {
				t.Errorf("%q is %q, and read again %q", s, p, again.Phone)
			}
		}
		if a.Via == ViaSIP && a.Phone.Dialable() {
			t.Errorf("%q is taken for %q", s, a.Phone)
		}
	})
}
