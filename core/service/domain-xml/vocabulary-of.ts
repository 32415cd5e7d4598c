import type { Grammar } from '../../grammar/grammar.ts';
import { documentedVocabulary } from './vocabulary.ts';
import type { Vocabulary } from './vocabulary.ts';
import { grammarVocabulary } from './grammar-vocabulary.ts';

const known = new WeakMap<Grammar, Vocabulary>();

/** The vocabulary of a grammar; without one, that of the documentation. */
export function vocabularyOf(grammar: Grammar | undefined): Vocabulary {
  if (grammar === undefined) return documentedVocabulary;
  const vocabulary = known.get(grammar) ?? grammarVocabulary(grammar);
  known.set(grammar, vocabulary);
  return vocabulary;
}
