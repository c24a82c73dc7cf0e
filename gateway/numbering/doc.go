// Package numbering says which area codes there are under +1 and in Mexico,
// and where they are: ten digits without a country are taken for those of a
// country only where the other one cannot have them.
//
// The lists are data (Builtin), which an operator replaces without a new build
// (Compile): codes are added every few months. Libraries of numbers lag behind.
package numbering
