package store

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"aviso/gateway"
)

// TestDecoysAsTheyWereStored: what a version wrote that had other names for decoys
// is read, and written back the same to the byte: as it is sealed, and as JSON.
func TestDecoysAsTheyWereStored(t *testing.T) {
	keys, err := NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSealer(keys)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2025, 11, 30, 14, 30, 0, 0, time.UTC)
	id := func(b byte) gateway.ID { return gateway.ID(bytes.Repeat([]byte{b}, len(gateway.ID{}))) }
	checkIn := gateway.CheckIn{At: at, First: at, Done: at, Behind: id(4), BehindAt: at.Add(time.Hour)}
	for _, c := range []struct {
		name          string
		want          any
		sealed, plain string
	}{
		{
			"a conversation",
			&gateway.Conversation{
				Phone:    "+13125550101",
				Question: &gateway.Question{Kind: gateway.QuestionErase, At: at, AsDecoy: true},
				CheckIn:  &checkIn,
				LastEnd:  &gateway.Said{At: at, Text: "x", Profile: id(9)},
				Decoy:    &gateway.Profile{Phone: "+13125550101", Name: "Ana Ruiz", ZIP: "90210"}, DecoyGuest: &gateway.DecoyGuest{Profile: id(5), At: at},
				Locks: []gateway.Lock{{Profile: id(9), Wrong: 2}},
			},
			"a76570686f6e656c2b3133313235353530313031687175657374696f6ea3646b696e6465657261736562617474323032352d31312d33305431343a33303a30305a66666f72636564f567636865636b696ea562617474323032352d31312d33305431343a33303a30305a65666972737474323032352d31312d33305431343a33303a30305a64646f6e6574323032352d31312d33305431343a33303a30305a6668696464656e50040404040404040404040404040404046968696464656e5f617474323032352d31312d33305431353a33303a30305a686c6173745f656e64a362617474323032352d31312d33305431343a33303a30305a647465787461786770726f66696c65500909090909090909090909090909090966666163616465a36570686f6e656c2b3133313235353530313031646e616d6568416e61205275697a637a6970653930323130656775657374a26770726f66696c65500505050505050505050505050505050562617474323032352d31312d33305431343a33303a30305a656c6f636b7381a26770726f66696c6550090909090909090909090909090909096577726f6e6702",
			`{"phone":"+13125550101","question":{"kind":"erase","at":"2025-11-30T14:30:00Z","forced":true},"checkin":{"at":"2025-11-30T14:30:00Z","first":"2025-11-30T14:30:00Z","done":"2025-11-30T14:30:00Z","hidden":[4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4],"hidden_at":"2025-11-30T15:30:00Z"},"last_end":{"at":"2025-11-30T14:30:00Z","text":"x","profile":[9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9]},"facade":{"phone":"+13125550101","name":"Ana Ruiz","zip":"90210"},"guest":{"profile":[5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5],"at":"2025-11-30T14:30:00Z"},"locks":[{"profile":[9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9],"wrong":2}]}`,
		},
		{
			"a phone that looks like nobody's",
			&gateway.Conversation{Phone: "+13125550101", Decoy: &gateway.Profile{}},
			"a26570686f6e656c2b313331323535353031303166666163616465a0",
			`{"phone":"+13125550101","facade":{}}`,
		},
		{
			"an alert",
			&gateway.Alert{
				Channel: "sms", Phone: "+13125550101", Silent: true, Name: "Ana Ruiz", Quiet: true, Duress: at, Ended: at,
				DecoyOn: []gateway.Phone{"+13125550101", "+13125550102"},
				Decoy: &gateway.DecoyAlert{Zone: "America/Los_Angeles", Recipients: []gateway.DecoyRecipient{
					{Kind: gateway.KindContact, Phone: "+523312345678", Name: "Eva", Accepted: true, Vague: true},
					{Kind: gateway.KindNational, Phone: "+15205550100"},
				}},
			},
			"a9676368616e6e656c63736d736570686f6e656c2b31333132353535303130316673696c656e74f5646e616d6568416e61205275697a657175696574f56664757265737374323032352d31312d33305431343a33303a30305a6b68696464656e5f66726f6d826c2b31333132353535303130316c2b313331323535353031303265656e64656474323032352d31312d33305431343a33303a30305a6870726574656e6365a2647a6f6e6573416d65726963612f4c6f735f416e67656c65736a726563697069656e747382a5646b696e64016570686f6e656d2b353233333132333435363738646e616d6563457661686163636570746564f5657661677565f5a2646b696e64036570686f6e656c2b3135323035353530313030",
			`{"channel":"sms","phone":"+13125550101","silent":true,"name":"Ana Ruiz","quiet":true,"duress":"2025-11-30T14:30:00Z","hidden_from":["+13125550101","+13125550102"],"ended":"2025-11-30T14:30:00Z","pretence":{"zone":"America/Los_Angeles","recipients":[{"kind":1,"phone":"+523312345678","name":"Eva","accepted":true,"vague":true},{"kind":3,"phone":"+15205550100"}]}}`,
		},
		{
			"a check-in", &checkIn,
			"a562617474323032352d31312d33305431343a33303a30305a65666972737474323032352d31312d33305431343a33303a30305a64646f6e6574323032352d31312d33305431343a33303a30305a6668696464656e50040404040404040404040404040404046968696464656e5f617474323032352d31312d33305431353a33303a30305a",
			`{"at":"2025-11-30T14:30:00Z","first":"2025-11-30T14:30:00Z","done":"2025-11-30T14:30:00Z","hidden":[4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4],"hidden_at":"2025-11-30T15:30:00Z"}`,
		},
		{
			"a recipient", &gateway.Recipient{Phone: "+13125550102"},
			"a16570686f6e656c2b3133313235353530313032",
			`{"phone":"+13125550102"}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			sealed, err := hex.DecodeString(c.sealed)
			if err != nil {
				t.Fatal(err)
			}
			for _, form := range []struct {
				name  string
				bytes []byte
				read  func([]byte, any) error
				write func(any) ([]byte, error)
			}{
				{"sealed", sealed, s.dec.Unmarshal, s.enc.Marshal},
				{"JSON", []byte(c.plain), json.Unmarshal, json.Marshal},
			} {
				read := reflect.New(reflect.TypeOf(c.want).Elem()).Interface()
				if err := form.read(form.bytes, read); err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(read, c.want) {
					t.Errorf("%s reads as %+v, want %+v", form.name, read, c.want)
				}
				if again, err := form.write(read); err != nil || !bytes.Equal(again, form.bytes) {
					t.Errorf("%s is written back as\n%s, it was\n%s: %v", form.name, again, form.bytes, err)
				}
			}
		})
	}
	made := gateway.Recipient{Phone: "+13125550102", Decoy: true} // whom a phone is shown is kept nowhere
	if plain, err := json.Marshal(made); err != nil || string(plain) != `{"phone":"+13125550102"}` {
		t.Errorf("a made-up recipient is written as %s: %v", plain, err)
	}
}
