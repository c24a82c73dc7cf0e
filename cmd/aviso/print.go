package main

import "encoding/json"

// printJSON prints one line of JSON for a script. People's words stand in it as
// they are: nothing is escaped for a web page.
func printJSON(a *app, value any) error {
	e := json.NewEncoder(a.stdout)
	e.SetEscapeHTML(false)
	return e.Encode(value)
}
