package main

import (
	"bufio"
	"fmt"
	"os"
)

// person is a registered person by number, from 0. Their phones are valid and
// their own; which person a contact's phone belongs to can be told from it.
type person int

// contacts is how many each person has: as many in the United States as in
// Mexico.
const contacts = 4

func (p person) phone() string { return usPhone(312, int(p)) }

func (p person) contact(i int) string {
	n := 2*int(p) + i/2
	if i%2 == 0 {
		return usPhone(773, n)
	}
	return fmt.Sprintf("+5233%08d", mexicoFirst+n)
}

const (
	usFirst     = 200_0000 // the first seven digits that an area code may begin with
	usMost      = 800_0000 // numbers in an area code
	mexicoFirst = 1000_0000
)

// usPhone is number n from an area code on: 773 overflows into 774.
func usPhone(area, n int) string {
	return fmt.Sprintf("+1%03d%07d", area+n/usMost, usFirst+n%usMost)
}

// personOf says whose contact a phone is: the number in it, without the
// country's and the area's digits, halved.
func personOf(phone string) (p person, ok bool) {
	n := 0
	for _, r := range phone[min(1, len(phone)):] {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = 10*n + int(r-'0')
	}
	switch {
	case len(phone) == len("+523300000000") && phone[:5] == "+5233":
		n = n%1_0000_0000 - mexicoFirst
	case len(phone) == len("+17730000000") && phone[:3] == "+17":
		n = (n/1000_0000%1000-773)*usMost + n%1000_0000 - usFirst
	default:
		return 0, false
	}
	return person(n / 2), n >= 0
}

// writePeople writes n people as JSON Lines, as an operator would import them.
func writePeople(path string, n int) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if end := file.Close(); err == nil {
			err = end
		}
	}()
	w := bufio.NewWriterSize(file, 1<<20)
	names := []string{"Maria", "Pedro", "Rosa Elena", "Luz"}
	relations := []string{"hermana", "tio", "mama", "vecina"}
	for i := range n {
		p := person(i)
		fmt.Fprintf(w, `{"phone":%q,"name":"Juan Carlos Perez Lopez","language":"es","zip":"60608","consulate_consent":false,"contacts":[`, p.phone())
		for c := range contacts {
			if c > 0 {
				w.WriteByte(',')
			}
			fmt.Fprintf(w, `{"phone":%q,"name":%q,"relation":%q,"language":"es","wording":"plain","accepted":true}`, p.contact(c), names[c], relations[c])
		}
		w.WriteString("]}\n")
	}
	return w.Flush()
}
