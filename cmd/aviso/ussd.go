package main

import (
	"net/netip"
	"os"
	"strings"

	"aviso/gateway"
	"aviso/gateway/carrier/ussd"
	"aviso/gateway/web"
	"aviso/ivr"
	"aviso/templates"
)

// ussdConfig is what the operator says of USSD, as written.
type ussdConfig struct {
	Secret string `name:"ussd-secret" environment:"AVISO_USSD_SECRET" placeholder:"SECRET" help:"Turns USSD on at /ussd/SECRET: at least 16 letters, digits and dashes. Africa's Talking, Infobip, Hubtel and plain requests are understood by themselves."`
	From   string `name:"ussd-from" environment:"AVISO_USSD_FROM" placeholder:"ADDRESSES" help:"Addresses or networks of the USSD aggregator, comma-separated; others are refused. Without it the secret alone keeps strangers out."`
	Format string `name:"ussd-format" environment:"AVISO_USSD_FORMAT" placeholder:"PATH" help:"A file that names the fields of an aggregator that speaks otherwise, as JSON; it is tried before those that are understood anyway. scripts/docs/calls-and-ussd.md shows one."`
}

// secretLeast is 16 characters of an alphabet of 36 or more: 82 bits.
const secretLeast = 16

// beyond is the screen for phones whose share of USSD is used up.
func beyond(words *templates.Catalog, rules *gateway.Rules) func(gateway.Phone) (*gateway.Screen, error) {
	return func(phone gateway.Phone) (*gateway.Screen, error) {
		lang := templates.Fallback
		text, err := words.Phrase(string(ivr.USSD), lang, "goodbye", templates.Data{Programme: rules.Programme, Call: rules.CallNumber(phone.Country())})
		if err != nil {
			return nil, err
		}
		return &gateway.Screen{Language: lang, Lines: []gateway.Line{{Name: "goodbye", Text: text, Language: lang}}, End: true}, nil
	}
}

// ussd reads how USSD is taken; nil: it is off.
func (k *check) ussd(c ussdConfig) *web.USSD {
	const secret, from = "--ussd-secret (AVISO_USSD_SECRET)", "--ussd-from (AVISO_USSD_FROM)"
	if c.Secret == "" && c.From == "" && c.Format == "" {
		return nil
	}
	other := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	}
	if c.Secret == "" {
		k.problem(secret, "is required by --ussd-from and --ussd-format")
	} else if len(c.Secret) < secretLeast || strings.ContainsFunc(c.Secret, other) {
		k.problem(secret, "want at least %d letters, digits and dashes", secretLeast)
	}
	u := &web.USSD{Secret: c.Secret, Adapter: ussd.NewAdapter(nil)}
	for i, entry := range list(c.From) {
		prefix, err := netip.ParsePrefix(entry)
		if err != nil {
			var single netip.Addr
			if single, err = netip.ParseAddr(entry); err == nil {
				prefix, err = single.Unmap().Prefix(single.Unmap().BitLen())
			}
		}
		if err != nil {
			k.problem(from, "entry %d: want an address or a network, as in 192.0.2.7 or 192.0.2.0/24", i+1)
			continue
		}
		u.From = append(u.From, prefix)
	}
	if c.Format != "" {
		data, err := os.ReadFile(c.Format)
		var own ussd.Format
		if err == nil {
			own, err = ussd.ParseFormat(data)
		}
		k.each("--ussd-format (AVISO_USSD_FORMAT)", err)
		u.Adapter = ussd.NewAdapter(&own)
	}
	return u
}
