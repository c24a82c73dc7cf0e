package main

import (
	"strings"

	"github.com/alecthomas/kong"
)

// variables is an environment that was handed in. kong's own tag reads the
// process's, which a test cannot hand in.
type variables map[string]string

func environment(environ []string) variables {
	env := variables{}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	return env
}

// environmentTag names the variable that a flag is taken from where it is not
// given. An empty variable counts as not set.
const environmentTag = "environment"

func (v variables) resolver() kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if value := v[flag.Tag.Get(environmentTag)]; value != "" {
			return value, nil
		}
		return nil, nil
	})
}

// showEnvironment adds the variable to a flag's help.
func showEnvironment(value *kong.Value) string {
	if name := value.Tag.Get(environmentTag); name != "" {
		return strings.TrimSuffix(value.Help, ".") + " ($" + name + ")."
	}
	return value.Help
}

// environmentHelp are the settings that have no flag: a secret on a command
// line is read by everybody on the machine.
const environmentHelp = `Twilio's account comes from the environment: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, which serve requires, and TWILIO_AUTH_TOKEN_PREVIOUS, which is still accepted in signatures while the token is rotated. TWILIO_API_KEY and TWILIO_API_SECRET, where both are set, are what requests are made with in place of the token; signatures still need the token. AVISO_SIGNING_KEY, and AVISO_SIGNING_KEY_PREVIOUS while it is rotated, is the secret of a Twilio SharedKey, or the signing key of a SignalWire project.`
