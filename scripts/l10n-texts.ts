/** Finds every user-facing English text in the sources: the literals given to `say` and `l10n.t`. */
import { readFile } from 'node:fs/promises';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

export interface FoundText {
  readonly text: string;
  /** `file:line` */
  readonly at: string;
}

export interface FoundTexts {
  readonly texts: readonly FoundText[];
  /** Calls whose first argument is no literal, so that no table can hold it. */
  readonly dynamic: readonly string[];
}

const sources = [
  'core/**/*.ts',
  'hosts/**/*.ts',
  'server/**/*.ts',
  'client/**/*.ts',
  'cli/**/*.ts',
];

export async function findTexts(root: string): Promise<FoundTexts> {
  const texts: FoundText[] = [];
  const dynamic: string[] = [];
  for await (const path of glob(sources, { cwd: root })) {
    const file = ts.createSourceFile(
      path,
      await readFile(join(root, path), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && isMessageCall(node.expression)) {
        const argument = node.arguments[0];
        const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        const at = `${path}:${String(line)}`;
        if (argument !== undefined && ts.isStringLiteralLike(argument))
          texts.push({ text: argument.text, at });
        else if (!isMessagePassedOn(argument)) dynamic.push(at);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { texts, dynamic };
}

/** `say(…)` or `vscode.l10n.t(…)` / `l10n.t(…)`. */
function isMessageCall(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 'say';
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 't') return false;
  const owner = callee.expression;
  return (
    (ts.isIdentifier(owner) && owner.text === 'l10n') ||
    (ts.isPropertyAccessExpression(owner) && owner.name.text === 'l10n')
  );
}

/** Rendering of a `Message` value, whose text was found where it was made: `l10n.t(message.text, …)`. */
function isMessagePassedOn(argument: ts.Expression | undefined): boolean {
  if (argument === undefined) return false;
  return (
    (ts.isPropertyAccessExpression(argument) && argument.name.text === 'text') ||
    (ts.isIdentifier(argument) && argument.text === 'text')
  );
}
