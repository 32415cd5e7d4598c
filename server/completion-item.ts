import { CompletionItemKind, InsertTextFormat, InsertTextMode } from 'vscode-languageserver/node';
import type { CompletionItem as LspCompletionItem } from 'vscode-languageserver/node';
import { render } from '../core/messages.ts';
import type { CompletionItem, CompletionKind } from '../core/service/completion-item.ts';
import { toRange } from './convert.ts';
import type { Conversion } from './convert.ts';
import { toMarkdown } from './markdown.ts';

const kinds: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  key: CompletionItemKind.Property,
  value: CompletionItemKind.Value,
  item: CompletionItemKind.Snippet,
  element: CompletionItemKind.Struct,
  host: CompletionItemKind.Module,
  domain: CompletionItemKind.Class,
  disk: CompletionItemKind.Field,
  rule: CompletionItemKind.Constant,
};

export function toCompletionItem(
  item: CompletionItem,
  uri: string,
  conversion: Conversion,
  snippets: boolean,
): LspCompletionItem {
  const { translate } = conversion;
  const { detail } = item;
  const newText = item.snippet && !snippets ? withoutPlaceholders(item.newText) : item.newText;
  return {
    label: item.label,
    kind: kinds[item.kind],
    sortText: item.order,
    ...(item.preselect ? { preselect: true } : {}),
    ...(detail === undefined
      ? {}
      : { detail: typeof detail === 'string' ? detail : render(detail, translate) }),
    ...(item.documentation.length === 0
      ? {}
      : { documentation: toMarkdown(item.documentation, translate) }),
    insertTextFormat:
      item.snippet && snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    insertTextMode: InsertTextMode.adjustIndentation,

    textEdit: { range: toRange({ uri, span: item.span }, conversion), newText },
  };
}

/** The snippet as plain text: placeholders leave their default, tab stops nothing. */
function withoutPlaceholders(snippet: string): string {
  return snippet
    .replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1')
    .replace(/\$\d+/g, '')
    .replace(/\\([\\$}])/g, '$1');
}
