import { say } from '../messages.ts';
import type { Problem, SyntaxProblem } from '../problems.ts';
import { nearestName } from '../text/nearest.ts';
import type { Span } from '../text/span.ts';
import { parseYaml } from '../yaml/parse.ts';
import { entry } from '../yaml/tree.ts';
import type { YamlMapping, YamlTree } from '../yaml/tree.ts';
import { bindFields } from './bind.ts';
import type { Descriptor, FieldPath } from './descriptor.ts';
import { migrationFields } from './fields.ts';
import { apiVersion } from './head-fields.ts';
import { inventoryFields } from './inventory-fields.ts';
import { Paths } from './path.ts';
import type { Reached } from './path.ts';

type Kind = 'Migration' | 'HostInventory' | 'MigrationPlan';
const kinds: readonly Kind[] = ['Migration', 'HostInventory', 'MigrationPlan'];

/** Reads a descriptor: parse, decide the kind, bind. Never throws; problems say what is wrong. */
export function loadDescriptor(uri: string, text: string): Descriptor {
  const tree = parseYaml(text);
  const problems: Problem[] = [];
  const report = (problem: SyntaxProblem): void => {
    problems.push(placed(problem, uri));
  };
  tree.problems.forEach(report);
  const root = tree.root;
  if (root?.kind !== 'mapping') {
    if (problems.length === 0) report(notADescriptor(text, tree));
    return { kind: 'unknown', ...base({ uri, text, tree, problems }, undefined) };
  }
  const kind = decideKind(root, report);
  switch (kind) {
    case 'Migration': {
      const migration = bindFields(migrationFields, root, report);
      return { kind, migration, ...base({ uri, text, tree, problems }, migrationFields) };
    }
    case 'HostInventory': {
      const inventory = bindFields(inventoryFields, root, report);
      return { kind, inventory, ...base({ uri, text, tree, problems }, inventoryFields) };
    }
    case 'MigrationPlan':
      report({
        code: 'kind-not-supported',
        span: entry(root, 'kind')?.value?.span ?? root.span,
        severity: 'error',
        message: say(
          'Plans of several migrations are not supported by this version; write one Migration for each domain.',
        ),
        fixes: [],
      });
      return { kind, ...base({ uri, text, tree, problems }, undefined) };
    case undefined:
      return { kind: 'unknown', ...base({ uri, text, tree, problems }, undefined) };
  }
}

function base(
  read: Pick<Descriptor, 'uri' | 'text' | 'tree' | 'problems'>,
  table: typeof migrationFields | typeof inventoryFields | undefined,
) {
  const { tree, text } = read;
  const paths = new Paths(tree.root, table);
  return {
    ...read,
    reach: (path: FieldPath): Reached => paths.reach(path),
    at: (path: FieldPath): Span => paths.spanOf(path, text),
    has: (path: FieldPath): boolean => paths.reach(path).rest.length === 0,
  };
}

/** The declared kind; when it is missing or misspelt, what the other keys show it to be. */
function decideKind(root: YamlMapping, report: (problem: SyntaxProblem) => void): Kind | undefined {
  const declared = entry(root, 'kind')?.value;
  const name = declared?.kind === 'scalar' ? declared.source : undefined;
  const known = kinds.find((kind) => kind === name);
  if (known !== undefined) return known;
  const shown = entry(root, 'hosts') !== undefined ? 'HostInventory' : 'Migration';
  if (declared === undefined) {
    // Binding reports the missing key itself; the model is bound so that other mistakes show too.
    return shown;
  }
  const meant = name === undefined ? undefined : nearestName(name, kinds);
  if (meant === undefined && name !== undefined) {
    report({
      code: 'wrong-value',
      span: declared.span,
      severity: 'error',
      message: say('“{0}” is not a kind of file: {1}.', name, kinds.join(', ')),
      fixes: kinds.map((kind) => ({
        title: say('Change to “{0}”', kind),
        edits: [{ span: declared.span, newText: kind }],
      })),
    });
    return undefined;
  }
  return kinds.find((kind) => kind === meant) ?? shown;
}

function notADescriptor(text: string, tree: YamlTree): SyntaxProblem {
  const end = text.indexOf('\n');
  const span = tree.root?.span ?? { start: 0, end: end < 0 ? text.length : end };
  const skeleton = `apiVersion: ${apiVersion}\nkind: Migration\ndomain: \nsource: \ndestination: \n`;
  const empty = text.trim() === '';
  return {
    code: empty ? 'empty-file' : 'wrong-type',
    span,
    severity: 'error',
    message: empty
      ? say(
          'This file is empty; a migration begins with apiVersion, kind, domain, source and destination.',
        )
      : say('A migration file is a mapping that begins with apiVersion and kind.'),
    fixes: empty
      ? [
          {
            title: say('Insert the head of a migration'),
            edits: [{ span: { start: 0, end: text.length }, newText: skeleton }],
          },
        ]
      : [],
  };
}

function placed(problem: SyntaxProblem, uri: string): Problem {
  return {
    ...problem,
    uri,
    related: [],
    evidence: [],
    fixes: problem.fixes.map((fix) => ({
      title: fix.title,
      edits: fix.edits.map((edit) => ({ ...edit, uri })),
    })),
  };
}
