/** The settings: the rule ids that `package.json` allows, and docs/settings.md with its Chinese twin. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allRules } from '../core/rules/all.ts';
import type { GeneratedFiles } from './gen.ts';

interface Setting {
  readonly type: string;
  readonly default: unknown;
  readonly scope?: string;
  readonly order?: number;
  readonly enum?: readonly string[];
  readonly markdownDescription: string;
  readonly markdownEnumDescriptions?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  propertyNames?: { enum: readonly string[] };
  readonly additionalProperties?: {
    readonly enum: readonly string[];
    readonly enumDescriptions: readonly string[];
  };
}

interface Manifest {
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
  };
}

interface Words {
  readonly path: string;
  readonly texts: string;
  readonly title: string;
  readonly intro: string;
  readonly type: string;
  readonly byDefault: string;
  readonly scope: string;
  readonly scopes: Readonly<Record<string, string>>;
  readonly values: string;
}

const english: Words = {
  path: 'docs/settings.md',
  texts: 'package.nls.json',
  title: 'Settings',
  intro:
    'Settings of the extension for VS Code. Other editors give `inventory`, `validate` and `rules` to the language server, as the section `liveMigrate` of `workspace/configuration` or as initialisation options. This page is generated from `package.json`.',
  type: 'Type',
  byDefault: 'Default',
  scope: 'Scope',
  scopes: {
    machine: 'this machine; a workspace cannot set it',
    window: 'user or workspace',
  },
  values: 'Values',
};

const chinese: Words = {
  path: 'docs/settings.zh-cn.md',
  texts: 'package.nls.zh-cn.json',
  title: '设置',
  intro:
    'VS Code 扩展的设置。其他编辑器把 `inventory`、`validate` 和 `rules` 交给语言服务器：作为 `workspace/configuration` 的 `liveMigrate` 部分，或作为初始化选项。本页由 `package.json` 生成。',
  type: '类型',
  byDefault: '默认值',
  scope: '作用域',
  scopes: { machine: '本机；工作区不能设置', window: '用户或工作区' },
  values: '取值',
};

/** Path below the project's root → content. */
export async function generatedSettings(root: string): Promise<GeneratedFiles> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
  const { properties } = manifest.contributes.configuration;
  const rules = properties['liveMigrate.rules'];
  if (rules === undefined) throw new Error('package.json has no setting liveMigrate.rules');
  rules.propertyNames = { enum: allRules.map(({ id }) => id).sort() };
  const files = new Map([['package.json', `${JSON.stringify(manifest, null, 2)}\n`]]);
  for (const words of [english, chinese]) {
    const texts = JSON.parse(await readFile(join(root, words.texts), 'utf8')) as Texts;
    files.set(words.path, page(words, properties, texts));
  }
  return files;
}

type Texts = Readonly<Record<string, string>>;

function page(words: Words, properties: Readonly<Record<string, Setting>>, texts: Texts): string {
  const text = (reference: string): string => {
    const key = /^%(.+)%$/.exec(reference)?.[1];
    const found = key === undefined ? reference : texts[key];
    if (found === undefined) throw new Error(`${words.texts} has no ${reference}`);
    return found;
  };
  const sections = Object.entries(properties)
    .sort(([, a], [, b]) => (a.order ?? 99) - (b.order ?? 99))
    .flatMap(([name, setting]) => [
      '',
      `## \`${name}\``,
      '',
      text(setting.markdownDescription),
      '',
      `- ${words.type}: \`${setting.type}\``,
      `- ${words.byDefault}: \`${JSON.stringify(setting.default)}\``,
      `- ${words.scope}: ${words.scopes[setting.scope ?? 'window'] ?? setting.scope ?? ''}`,
      ...valuesOf(words, setting, text),
    ]);
  return [`# ${words.title}`, '', words.intro, ...sections, ''].join('\n');
}

function valuesOf(
  words: Words,
  setting: Setting,
  text: (reference: string) => string,
): readonly string[] {
  const values = setting.enum ?? setting.additionalProperties?.enum ?? [];
  const texts =
    setting.markdownEnumDescriptions ??
    setting.enumDescriptions ??
    setting.additionalProperties?.enumDescriptions ??
    [];
  if (values.length === 0) return [];
  const lines = values.map((value, index) => {
    const described = texts[index];
    return `  - \`${value}\`${described === undefined ? '' : `: ${text(described)}`}`;
  });
  return [`- ${words.values}:`, ...lines];
}
