// Package plan says, before the day comes, how fast an operator's senders tell
// everybody, and what that costs: on paper, and by a simulation in which the
// relay's own choice of sender and order of lanes run over time that passes by
// itself.
package plan
