import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadGrammar } from '../../../../core/grammar/grammar.ts';

const folder = join(import.meta.dirname, '..', '..', '..', '..', 'grammars');

/** The newest grammar of libvirt that the package ships. */
export const grammar = loadGrammar(
  JSON.parse(readFileSync(join(folder, 'libvirt-11.3.0.json'), 'utf8')),
);
