// Package carrier holds a room for each carrier, and chooses between accounts. A
// carrier keeps the contract gateway.Carrier: it takes an attempt and gives its own
// name for it, or a gateway.Failure that says what to do next. It knows neither the
// store nor the relay.
package carrier
