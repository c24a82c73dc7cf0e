// Package consulate says which consulate of Mexico answers for a US ZIP code,
// which rule chose it, how sure that is, and what time it is there.
//
// The answer for every ZIP is computed once, when data is compiled (Compile,
// FromZip), and kept in a Table as one small record; finding is an index into
// an array. The table that the product ships with is embedded (Builtin). It is
// built from the CSVs in scripts/consulates/data, whose README names sources,
// licences and weak spots. An operator may compile newer data without a new
// build: jurisdictions move.
package consulate
