import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Problem, TextEdit } from '../../core/problems.ts';
import { fixAll } from '../../core/service/code-actions.ts';
import { writeWhole } from './write-whole.ts';

export interface Fixed {
  /** Paths of the files that were changed. */
  readonly changed: readonly string[];
  /** Paths of files that have something to mend and cannot be written without loss. */
  readonly refused: readonly string[];
}

/**
 * Applies the fixes that leave no choice (what an editor does with “fix all”), file by file. A file
 * is written whole or not at all; one that is not clean UTF-8 is left alone, because what could not
 * be read would be lost.
 */
export function fixFiles(problems: readonly Problem[], uris: readonly string[]): Fixed {
  const changed: string[] = [];
  const refused: string[] = [];
  for (const uri of uris) {
    const edits = fixAll(uri, problems).flatMap((action) => action.edits);
    if (edits.length === 0) continue;
    const path = fileURLToPath(uri);
    const bytes = readFileSync(path);
    const text = bytes.toString('utf8');
    if (!Buffer.from(text, 'utf8').equals(bytes)) {
      refused.push(path);
      continue;
    }
    writeWhole(path, applied(text, edits));
    changed.push(path);
  }
  return { changed, refused };
}

function applied(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce(
      (changed, { span, newText }) =>
        changed.slice(0, span.start) + newText + changed.slice(span.end),
      text,
    );
}
