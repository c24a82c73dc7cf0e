// Package prose reads what people write in their own words: that they are
// being arrested, that they have read the alert, that it is over, yes, no, a
// name, a number that is said.
//
// Package keyword knows the words that people were taught. Most people forget
// them when it matters, and write by ear: "m agarro la mgra", "ya mi llivan",
// "resivido", "sii". Prose reads these by four steps.
//
//   - Sound. A word is compared by how it is heard (sound.go): v is b, h is
//     silent, z and c are s. Then with e for i and o for u, as second-language
//     speakers have it; without its vowels where it was written so; and with a
//     letter off.
//   - Classes. rules/lexicon.txt says what words mean: to catch, to take, a
//     relative, the police, a place.
//   - Patterns. The other files in rules/ are patterns over classes and words,
//     a line each, with the label that they give. They are data, to be read and
//     changed by whoever knows how people write. In a cry the first that fits
//     decides. In answers each that fits counts for its side, and the heavier
//     side answers (weigh): people explain themselves.
//   - Letters. Groups of letters, and words and their classes by twos, say whether
//     a text looks more like a cry or like talk, and whether a machine sent it (letters.go). They make a text asked
//     about, or cap what a pattern says. They never raise an alert, confirm,
//     consent, end or stop anything.
//
// What turns a meaning counts as much as what makes it: a denial of that very
// word, an "if", a year, a joke, a thing that was caught instead of a person.
// The measure stands in scripts/docs/understanding.md, and is made by `make
// understand`.
package prose
