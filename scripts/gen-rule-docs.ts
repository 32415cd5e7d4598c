/** Writes the table of all rules: docs/rules/README.md and its Chinese twin. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { render } from '../core/messages.ts';
import type { Message, Translate } from '../core/messages.ts';
import { allRules } from '../core/rules/all.ts';
import { pagesOfSyntax } from '../core/rules/documentation.ts';
import type { RuleDefinition } from '../core/rules/rule.ts';
import type { GeneratedFiles } from './gen.ts';

interface Words {
  readonly title: string;
  readonly intro: string;
  readonly head: readonly string[];
  readonly yes: string;
  readonly none: string;
  readonly otherCodes: string;
  /** Suffix of the pages in this language. */
  readonly suffix: string;
}

const english: Words = {
  title: 'Rules',
  intro:
    'Every constraint that is checked, with its level, what it must know, and whether a quick fix exists. A rule whose facts are not known waits; it never guesses. The level of a rule is set in the file: `rules: { host-vcpu-capacity: off }`. This table is generated.',
  head: ['Rule', 'Level', 'What it demands', 'Facts', 'Fix', 'Since'],
  yes: 'yes',
  none: '–',
  otherCodes: 'Codes that are no rules',
  suffix: '.md',
};

const chinese: Words = {
  title: '规则',
  intro:
    '列出检查的每项约束、级别、所需事实以及是否有快速修复。事实未知的规则会等待，从不猜测。规则级别在文件中设置：`rules: { host-vcpu-capacity: off }`。本表由程序生成。',
  head: ['规则', '级别', '要求', '所需事实', '修复', '起始版本'],
  yes: '有',
  none: '–',
  otherCodes: '规则以外的代码',
  suffix: '.zh-cn.md',
};

/** Path below the project's root → content. */
export async function generatedRuleDocs(root: string): Promise<GeneratedFiles> {
  const fixable = await rulesWithFix(root);
  const zh = JSON.parse(
    await readFile(join(root, 'l10n', 'zh-cn', 'rules.json'), 'utf8'),
  ) as Record<string, string>;
  return new Map([
    ['docs/rules/README.md', table(english, fixable, (text) => text)],
    ['docs/rules/README.zh-cn.md', table(chinese, fixable, (text) => zh[text] ?? text)],
  ]);
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

function table(words: Words, fixable: ReadonlySet<string>, translate: Translate): string {
  const text = (message: Message): string => render(message, translate);
  const link = (id: string): string => `[${id}](${id}${words.suffix})`;
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rows = allRules
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((rule: RuleDefinition) =>
      row([
        link(rule.id),
        rule.severity,
        text(rule.summary),
        rule.needs.length === 0 ? words.none : rule.needs.map((name) => `\`${name}\``).join(', '),
        fixable.has(rule.id) ? words.yes : words.none,
        rule.since ?? words.none,
      ]),
    );
  return [
    `# ${words.title}`,
    '',
    words.intro,
    '',
    row(words.head),
    row(words.head.map(() => '---')),
    ...rows,
    '',
    `## ${words.otherCodes}`,
    '',
    ...pagesOfSyntax.map((id) => `- ${link(id)}`),
    '',
  ].join('\n');
}
