// Package keyword turns the words of a text message into an intent, without
// context and without a sender: what an intent means for whoever sent it, with
// a question open or an alert in being, is the domain's to decide.
//
// The vocabulary is what printed cards and people's memory hold on to, so it
// is small. Case, accents, punctuation and blanks never matter (CANCELAR4821,
// S.O.S., AL ERTA), and one letter wrong, missing, doubled or swapped with its
// neighbour is forgiven in words of five letters or more; in those of alert and
// help a letter held down (ALERTAAAA) counts as doubled. What must never
// happen by accident is matched letter by letter: an opt-out, an erasure, a
// removal, the end of a check-in.
//
// # How a text is read
//
// The first rule that fits decides:
//
//  1. A word of the stop class (STOP, ALTO, CANCEL …) or of the start class
//     counts as the whole message only, as it does at the carriers. The
//     words OPT OUT and STOP ALL count written apart too, and so do letters
//     (S.T.O.P.).
//  2. A text that begins with an alert word raises, whatever follows. "ALERTA
//     falsa" raises: a false alarm can be called off, a missed one cannot. So
//     does 1, unless it begins a telephone number. A greeting, a counter as in
//     "(1/2) ALERTA", the mark of a forwarded text, a PIN or a number may
//     stand in front of the word; a PIN also in front of the words of cancel,
//     status, arrived, data and erase.
//  3. A command with well-formed arguments and nothing else is that command
//     ([Parsed].Whole), even where its words hold an alert word, as in
//     "CERRAR 482137 falsa alerta".
//  4. An alert word or a cry for help anywhere else is panic, unless NO,
//     FALSA, ERROR or CANCELADA stands in the text, or unless the text begins
//     with a command about the alert that it names ("CANCELAR la alerta"). A NO
//     behind the cry that says how helpless somebody is ("AYUDA no se a donde
//     me llevan") denies nothing.
//  5. A text that begins with a command and goes on as prose is that command
//     with Whole false, where acting on it can do no harm without a PIN or a
//     further question: "datos de mi hijo" is data, "bien gracias" cancel (it
//     asks for the PIN), "cita con el doctor manana" checkin (it explains
//     itself). It is unknown where the word has a life of its own in
//     sentences or its act is heavy: "mas tarde te llamo", "alta presion",
//     "no se donde esta", "si llega te aviso", "prueba de sangre",
//     "equivocado estas". SI, NO, EQUIVOCADO and PRUEBA go together with
//     nothing but words of politeness or assent ("no gracias"; "si, recibido"
//     is yes).
//  6. Anything else is unknown.
package keyword
