// Package atlas draws the United States: the outlines of the states, and where
// a place is on them. Alaska, Hawaii and Puerto Rico stand below the others, not
// to scale.
//
// The outlines are the U.S. Census Bureau's cartographic boundary files of 2017,
// 1:10,000,000, which are in the public domain, thinned out to what a screen
// shows; states that touch share their border still. states.tsv has a line a
// state: its code, a tab, and rings set apart by semicolons, each of points
// "longitude latitude" in degrees, set apart by commas.
package atlas
