/**
 * Writes the tables of rules, of explained failures and of constraints without a rule
 * (docs/rules/README.md and its Chinese twin), and a page for each failure that no rule foresees.
 */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { failureTexts } from '../core/explain/failure-texts.ts';
import { silentFailures } from '../core/explain/silent-failures.ts';
import { render } from '../core/messages.ts';
import type { Message, Translate } from '../core/messages.ts';
import { allRules } from '../core/rules/all.ts';
import { constraintGroup, constraints, coverageOf, notDone } from '../core/rules/catalogue.ts';
import type { ConstraintId } from '../core/rules/catalogue.ts';
import { pagesOfFailures, pagesOfSyntax } from '../core/rules/documentation.ts';
import type { RuleDefinition } from '../core/rules/rule.ts';
import type { GeneratedFiles } from './gen.ts';
import { chinese, english } from './rule-docs-words.ts';
import type { Words } from './rule-docs-words.ts';

/** Path below the project's root → content. */
export async function generatedRuleDocs(root: string): Promise<GeneratedFiles> {
  const fixable = await rulesWithFix(root);
  const zh = await chineseTexts(root);
  const languages: readonly (readonly [Words, Translate])[] = [
    [english, (text) => text],
    [chinese, (text) => zh.get(text) ?? text],
  ];
  const files = new Map<string, string>();
  for (const [words, translate] of languages) {
    files.set(`docs/rules/README${words.suffix}`, readme(words, fixable, translate));
    for (const code of pagesOfFailures()) {
      files.set(`docs/rules/${code}${words.suffix}`, failurePage(code, words, translate));
    }
  }
  return files;
}

async function chineseTexts(root: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(root, 'l10n', 'zh-cn');
  const tables = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8');
      return Object.entries(JSON.parse(text) as Record<string, string>);
    }),
  );
  return new Map(tables.flat());
}

/** Ids of rules whose source offers a fix. */
async function rulesWithFix(root: string): Promise<ReadonlySet<string>> {
  const folder = join(root, 'core', 'rules');
  const files = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.ts'));
  const ids = new Set<string>();
  for (const path of files) {
    const text = await readFile(join(folder, path), 'utf8');
    const id = /^ {2}id: '([a-z0-9-]+)',$/m.exec(text)?.[1];
    if (id !== undefined && /^\s*(?:\S.*\s)?\{?\s*fix(?:,|:)/m.test(text)) ids.add(id);
  }
  return ids;
}

const isRule = (id: string): boolean => allRules.some((rule) => rule.id === id);
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
/** A text within a table, where a bar would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)];
}

function readme(words: Words, fixable: ReadonlySet<string>, translate: Translate): string {
  const text = (message: Message): string => cell(render(message, translate));
  const link = (id: string): string => `[${id}](${id}${words.suffix})`;
  const rules = allRules
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((rule: RuleDefinition) => [
      link(rule.id),
      constraintGroup(rule.id) ?? words.none,
      rule.severity,
      text(rule.summary),
      rule.needs.length === 0 ? words.none : rule.needs.map((name) => `\`${name}\``).join(', '),
      fixable.has(rule.id) ? words.yes : words.none,
      rule.since ?? words.none,
    ]);
  const explained = [
    ...failureTexts.map(({ code, says, cause }) => [
      link(code),
      `\`${cell(says)}\``,
      text(cause),
      isRule(code) ? words.byRule : words.none,
    ]),
    ...silentFailures
      .filter(({ code }) => !isRule(code))
      .map(({ code, cause }) => [link(code), words.silent, text(cause), words.none]),
  ];
  const open: readonly ConstraintId[] = Object.values(constraints)
    .flat()
    .filter((id) => !isRule(id));
  const without = open.map((id) => {
    const covered = coverageOf(id);
    const reason = notDone[id];
    const stands =
      covered?.by === 'rule'
        ? link(covered.id)
        : covered?.by === 'explanation'
          ? `[${words.byExplanation}](${id}${words.suffix})`
          : words.none;
    const why = reason === undefined ? words.none : text(reason);
    return [id, constraintGroup(id) ?? words.none, stands, why];
  });
  return [
    `# ${words.title}`,
    '',
    words.intro,
    '',
    words.groups,
    '',
    ...table(words.head, rules),
    '',
    `## ${words.explained}`,
    '',
    words.explainedIntro,
    '',
    ...table(words.explainedHead, explained),
    '',
    `## ${words.notDone}`,
    '',
    words.notDoneIntro,
    '',
    ...table(words.notDoneHead, without),
    '',
    `## ${words.otherCodes}`,
    '',
    ...pagesOfSyntax.map((id) => `- ${link(id)}`),
    '',
  ].join('\n');
}

/** The page of a failure that no rule foresees. */
function failurePage(id: string, words: Words, translate: Translate): string {
  const spoken = failureTexts.find(({ code }) => code === id);
  const known = spoken ?? silentFailures.find(({ code }) => code === id);
  if (known === undefined) throw new Error(`nothing is known of ${id}`);
  return [
    `# ${id}`,
    '',
    render(known.cause, translate),
    '',
    words.onlyExplained,
    '',
    `## ${words.says}`,
    '',
    ...(spoken === undefined ? [words.saysNothing] : ['```text', spoken.says, '```']),
    '',
    `## ${words.remedy}`,
    '',
    render(known.remedy, translate),
    '',
  ].join('\n');
}
