import { explainedCodes } from '../explain/failure-texts.ts';
import { silentFailures } from '../explain/silent-failures.ts';
import { allRules } from './all.ts';

/** Codes of parsing, binding and linking that have a page of their own. */
const ownPages: ReadonlySet<string> = new Set([
  'check-failed',
  'domain-grammar',
  'domain-xml',
  'ignore-unused',
  'ignore-without-reason',
  'launch-refused',
  'missing-key',
  'more-problems',
  'rule-crashed',
  'unit-ambiguous',
  'unit-missing',
  'unit-unknown',
  'unknown-key',
  'unknown-rule',
  'wrong-type',
  'wrong-value',
  'xml-syntax',
  'yaml-syntax',
]);

/** Codes that share the page of another code. */
const sharedPages: Readonly<Record<string, string>> = {
  'grammar-attribute': 'domain-grammar',
  'grammar-element': 'domain-grammar',
  'grammar-missing': 'domain-grammar',
  'grammar-value': 'domain-grammar',
  'copy-type-not-supported': 'launch-refused',
  'destination-without-copy': 'launch-refused',
  'disk-target-twice': 'xml-syntax',
  'disk-without-target': 'xml-syntax',
  'domain-xml-missing': 'domain-xml',
  'domain-xml-outdated': 'domain-xml',
  'domain-xml-unreadable': 'domain-xml',
  'duplicate-item': 'yaml-syntax',
  'empty-file': 'yaml-syntax',
  'facts-unknown': 'launch-refused',
  'file-too-large': 'yaml-syntax',
  'inventory-missing': 'host-unknown',
  'kind-not-supported': 'wrong-value',
  'launch-lost': 'launch-refused',
  'memory-unit-unknown': 'xml-syntax',
  'missing-value': 'missing-key',
  'not-a-number': 'xml-syntax',
  'not-carried-out': 'launch-refused',
  'not-text': 'yaml-syntax',
  'plan-altered': 'launch-refused',
  'plan-outdated': 'launch-refused',
  'source-unreachable': 'launch-refused',
  'source-unreadable': 'launch-refused',
  'too-deep': 'yaml-syntax',
  'unsafe-needs-reason': 'launch-refused',
  'yaml-too-many-nodes': 'yaml-syntax',
};

/**
 * The page that explains a code, as a path in the package: `docs/rules/<id>.md`. A code without a
 * page leads to the table of all rules. Languages: `en`, `zh-cn`.
 */
export function documentationPage(code: string, language: 'en' | 'zh-cn' = 'en'): string {
  const page = pageName(code);
  return `docs/rules/${page}${language === 'en' ? '' : `.${language}`}.md`;
}

/** Codes with a page of their own, rules excepted. */
export const pagesOfSyntax: readonly string[] = [...ownPages];

/**
 * Codes that no rule checks and that are explained when they happen: each has a generated page.
 */
export function pagesOfFailures(): readonly string[] {
  const rules = new Set(allRules.map(({ id }) => id));
  const codes = [...explainedCodes, ...silentFailures.map(({ code }) => code)];
  return codes.filter((code) => !rules.has(code)).sort();
}

function pageName(code: string): string {
  if (ownPages.has(code) || allRules.some((rule) => rule.id === code)) return code;
  if (pagesOfFailures().includes(code)) return code;
  if (Object.hasOwn(sharedPages, code)) return sharedPages[code] ?? 'README';
  return code.startsWith('xml-') ? 'xml-syntax' : 'README';
}
