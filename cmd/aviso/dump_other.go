//go:build !linux

package main

// noDump is for the operator to see to: the limit on the size of core dumps.
func noDump() {}
