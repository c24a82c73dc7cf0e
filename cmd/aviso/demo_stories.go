package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aviso/gateway/acts"
	"aviso/gateway/carrier/sim"
)

// The stories that the page plays. Each takes less than a minute, on the phones
// themselves: nothing that is seen is put on.

// act is something that is done in a story; language is that of the phones' texts.
type act = func(ctx context.Context, language string) error

// inTurn does one after the other.
func inTurn(acts ...act) act {
	return func(ctx context.Context, language string) error {
		for _, do := range acts {
			if err := do(ctx, language); err != nil {
				return err
			}
		}
		return nil
	}
}

func (d *demo) texts(number string, body sim.Words) act {
	return func(ctx context.Context, language string) error {
		_, err := d.carrier.Phone(number, "").Text(ctx, demoSender, body.In(language))
		return err
	}
}

// gets waits until a phone has got a text with these words.
func (d *demo) gets(number string, words sim.Words) act {
	return func(ctx context.Context, language string) error {
		_, err := d.carrier.Phone(number, "").Expect(ctx, words.In(language))
		return err
	}
}

func (d *demo) stories() []sim.Story {
	read, glance := 3500*time.Millisecond, 2*time.Second
	if d.brisk {
		read, glance = 0, 0
	}
	maria, rosa, pedro, chicago, omaha := "+523312345678", "+13125550103", "+13125550102", "+13125550199", "+14025550199"
	main := sim.Story{Name: "main", Scene: demoFamily, Title: "Escribe ALERTA|He texts ALERTA", Steps: []sim.Step{
		{Phone: onJuan, Look: read, Say: "Van a detener a Juan. No tiene datos: escribe una palabra.|Juan is about to be detained. He has no data plan: he texts one word.",
			Do: inTurn(d.texts(demoJuan, "ALERTA me llevan|ALERT they are taking me"), d.gets(demoJuan, "Recibimos su ALERTA|We got your ALERT"))},
		{Phone: onJuan, Look: read, Say: "Se le contesta cuando la alerta ya está en disco.|He is answered once the alert is on disk.",
			Do: inTurn(d.gets(maria, "Juan P."), d.gets(pedro, "Juan P."), d.gets(rosa, "Juan P."), d.gets(chicago, "Juan Perez"))},
		{Phone: onMaria, Look: read, Say: "Suenan los teléfonos de su familia, en México y en Chicago, y el del consulado que le toca.|His family's phones ring, in Mexico and in Chicago, and his consulate's."},
		{Phone: onMaria, Look: glance, Say: "Que el texto llegó no basta: una persona confirma. Maria responde 1.|That a text arrived is not enough: a person confirms. Maria replies 1.",
			Do: inTurn(d.texts(maria, "1"), d.gets(demoJuan, "Maria CONFIRM"))},
		{Phone: onJuan, Look: read, Say: "Juan sabe quién ya sabe.|Juan learns who knows."},
		{Phone: onChicago, Look: glance, Say: "El consulado confirma, y lo localiza.|The consulate confirms, and finds him.",
			Do: inTurn(d.texts(chicago, "RECIBIDO|RECEIVED"), d.gets(demoJuan, "Consulado en Chicago|Consulate in Chicago"), d.texts(chicago, "LOCALIZADO en la cárcel de Kankakee|LOCATED in the Kankakee jail"))},
		{Phone: onMaria, Look: read, Say: "Su familia sabe dónde está, y que no vaya sin papeles.|His family knows where he is, and that nobody without papers should go there."},
		{Phone: onJuan, Look: glance, Say: "Sale libre, y lo dice con su PIN.|He is released, and says so with his PIN.",
			Do: inTurn(d.texts(demoJuan, "BIEN 4821 LIBRE|SAFE 4821 RELEASED"), d.gets(maria, "termino|is over"), d.gets(chicago, "termino|is over"))},
		{Phone: onMaria, Look: glance, Say: "Todos los que sabían, lo saben.|Everybody who was told is told."},
	}}
	jail := sim.Story{Name: "jail", Scene: demoFamily, Title: "Llama de la cárcel|He calls from jail"}
	jail.Steps = d.jailSteps(read, glance)
	raid := sim.Story{Name: "raid", Scene: demoRaid, Title: "Una redada de doce|A raid of twelve", Steps: []sim.Step{
		{Phone: onOmaha, Look: read, Say: "Redada en una empacadora de Omaha. Doce personas piden ayuda a la vez.|A raid on a packing house in Omaha. Twelve people cry for help at once.",
			Do: d.twelve},
		{Phone: onOmaha, Look: read, Say: "A cada familia se le avisa, siempre. En la consola es un solo incidente.|Every family is told, always. In the console it is one incident."},
		{Phone: onOmaha, Look: glance, Say: "Las primeras familias confirman.|The first families confirm.",
			Do: d.someConfirm},
		{Phone: onOmaha, Look: glance, Say: "Al consulado no le llegan doce textos: las últimas vienen en un resumen.|The consulate is not sent twelve texts: the last ones come as a summary.",
			Do: d.gets(omaha, "ALERTAS|ALERTS")},
		{Phone: onOmaha, Look: glance, Say: "Con una respuesta confirma todas.|One reply confirms them all.",
			Do: inTurn(d.texts(omaha, "RECIBIDO|RECEIVED"), d.gets(workerPhone(0), "Consulado en Omaha|Consulate in Omaha"))},
		{Phone: onOmaha, Look: read, Say: "Quien no confirma, queda delante de un agente.|Whoever has not confirmed is put before an agent."},
	}}
	return []sim.Story{main, jail, raid}
}

// jailSteps are the story of somebody who can make one call. The agent's part is
// done as the console does it.
func (d *demo) jailSteps(read, glance time.Duration) []sim.Step {
	const maria = "+523312345678"
	var calling, agent *sim.Talk // a story is told by one goroutine
	bridge := func(ctx context.Context, _ string) error {
		jail, center := d.carrier.Phone("+13125550178", ""), d.carrier.Phone(demoCenter, "")
		type answered struct {
			talk *sim.Talk
			err  error
		}
		picked := make(chan answered, 1)
		within, stop := context.WithCancel(ctx)
		defer stop()
		go func() {
			talk, err := center.Answer(within)
			picked <- answered{talk, err}
		}()
		var err error
		if calling, err = jail.Call(ctx, demoCustody); err != nil {
			return err
		}
		a := <-picked
		if a.err != nil {
			return a.err
		}
		agent = a.talk
		return nil
	}
	return []sim.Step{
		{Phone: onJail, Look: read, Say: "A Juan le quitaron el teléfono. De la cárcel deja llamar a un número sin costo.|Juan's phone was taken. The jail lets people call one number, free of charge.", Do: bridge},
		{Phone: onCenter, Look: glance, Say: "No hay menú: suena el teléfono de un agente, que acepta con 1.|No menu: an agent's phone rings, and the agent accepts with 1.",
			Do: func(ctx context.Context, _ string) error {
				return errors.Join(agent.Press(ctx, "1"), calling.Bridged(ctx))
			}},
		{Phone: onCenter, Look: read, Say: "Juan dice quién es. El agente lo busca en la consola y levanta la alerta.|Juan says who he is. The agent finds him in the console and raises the alert.",
			Do: inTurn(d.raises("llama de la cárcel del condado|he is calling from the county jail"), d.gets(maria, "Juan P."), d.gets("+13125550199", "Juan Perez"))},
		{Phone: onMaria, Look: read, Say: "Su familia y el consulado lo saben mientras él sigue en la línea.|His family and the consulate know while he is still on the line."},
		{Phone: onMaria, Look: glance, Say: "Maria confirma. El agente se lo dice a Juan.|Maria confirms. The agent tells Juan.",
			Do: inTurn(d.texts(maria, "1"), d.gets(maria, "Gracias|Thank"))},
		{Phone: onJail, Look: read, Say: "A su teléfono, que tiene el oficial, no le llega nada que diga quién sabe.|Nothing that says who knows comes to his own phone, which the officer holds.",
			Do: func(ctx context.Context, _ string) error { calling.HangUp(); return calling.Over(ctx) }},
	}
}

// raises raises an alert for Juan, as the guest at the console does.
func (d *demo) raises(words sim.Words) act {
	return func(ctx context.Context, language string) error {
		juan, err := d.records.ProfileByPhone(ctx, demoJuan)
		switch {
		case err != nil:
			return err
		case juan == nil:
			return errNobody
		}
		_, err = d.domain.Handle(ctx, &acts.Act{Key: randomHex()[:24], Agent: d.desk.agent, Deed: acts.RaiseFor{Profile: juan.ID, Words: words.In(language)}})
		return err
	}
}

// twelve raises the raid's alerts, one after the other as fast as fingers are.
func (d *demo) twelve(ctx context.Context, language string) error {
	said := []sim.Words{"ALERTA|ALERT", "MIGRA", "REDADA en la planta|ALERT raid at the plant", "ALRETA|ALRET", "AUXILIO|SOS", "ALERTA ya me agarro la migra|ALERT they got me"}
	for i := range workers {
		if err := d.texts(workerPhone(i), said[i%len(said)])(ctx, language); err != nil {
			return err
		}
		select {
		case <-time.After(250 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for i := range workers {
		if err := d.gets(relativePhone(i), sim.Words(workers[i].short))(ctx, language); err != nil {
			return fmt.Errorf("%s's family: %w", workers[i].name, err)
		}
	}
	return nil
}

// someConfirm lets five of the families answer.
func (d *demo) someConfirm(ctx context.Context, language string) error {
	for _, i := range []int{0, 1, 3, 6, 8} {
		if err := inTurn(d.texts(relativePhone(i), "1"), d.gets(workerPhone(i), sim.Words(workers[i].relative)))(ctx, language); err != nil {
			return err
		}
	}
	return nil
}
