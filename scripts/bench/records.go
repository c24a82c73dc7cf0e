package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	domain "aviso/gateway"
	"aviso/store"
)

// fullPeople is how many people -full registers.
const fullPeople = 5_000_000

// records measures what a registry of people costs: its import, the memory of a
// gateway at rest beside it, and finding one of them.
func (b *bench) records() error {
	if b.full {
		return b.fullRecords()
	}
	db, err := b.base()
	if err != nil {
		return err
	}
	return b.recordsOf(db)
}

// fullRecords is records among 5 million. The file is gone when it returns:
// everything else is measured among as many people as ever.
func (b *bench) fullRecords() error {
	db, took, err := b.imported("full", b.path("full.db"), fullPeople)
	if err != nil {
		return err
	}
	defer remove(db.dsn)
	if info, err := os.Stat(db.dsn); err == nil {
		b.figures.set("database_mb", float64(info.Size())/(1<<20))
	}
	if err := b.recordsOf(db); err != nil {
		return err
	}
	if _, err := b.base(); err != nil { // sets its own import_per_s
		return err
	}
	b.figures.set("import_per_s", float64(db.people)/took.Seconds())
	return nil
}

func (b *bench) recordsOf(db *database) error {
	b.figures.set("people", float64(db.people))
	if err := b.rest(db); err != nil {
		return err
	}
	return b.lookUp(db)
}

// restFor is how long a started gateway is left alone before its memory counts.
const restFor = 5 * time.Second

// rest measures the memory of a gateway that has nothing to do.
func (b *bench) rest(db *database) error {
	g, err := b.serve("rest", db, oneSlow)
	if err != nil {
		return err
	}
	time.Sleep(restFor)
	mb, err := g.anonymous()
	if err != nil {
		return err
	}
	b.figures.set("rss_mb", mb)
	return g.stop()
}

// lookUps are made in each round; the first tenth only warms up.
const lookUps = 20_000

// lookUp finds people by phone, one after the other, in this process: keyed
// hash, read, unsealed.
func (b *bench) lookUp(db *database) error {
	s, err := store.Open(b.ctx, store.Options{DSN: db.dsn, KeysFile: db.keys, ReadOnly: true})
	if err != nil {
		return err
	}
	defer s.Close()
	var p50, p99 []float64
	for round := range b.rounds {
		chance := rand.New(rand.NewPCG(uint64(round), 7))
		took := make([]float64, 0, lookUps)
		for i := range lookUps + lookUps/10 {
			p := person(chance.IntN(db.people))
			phone := domain.Phone(p.phone())
			begin := time.Now()
			profile, err := s.ProfileByPhone(b.ctx, phone)
			spent := time.Since(begin)
			if err != nil {
				return err
			}
			if profile == nil || profile.Phone != phone || len(profile.Contacts) != contacts {
				return fmt.Errorf("person %d is not as they were imported", p)
			}
			if i >= lookUps/10 {
				took = append(took, float64(spent.Nanoseconds())/1e3)
			}
		}
		p50, p99 = append(p50, quantile(took, 0.5)), append(p99, quantile(took, 0.99))
	}
	b.figures.set("lookup_us_p50", median(p50))
	b.figures.set("lookup_us_p99", median(p99))
	return nil
}
