import type { Span } from '../text/span.ts';

export interface SymbolNode {
  readonly name: string;
  readonly detail: string | undefined;
  readonly kind: 'file' | 'host' | 'disk' | 'network' | 'group' | 'property';
  readonly span: Span;
  readonly nameSpan: Span;
  readonly children: readonly SymbolNode[];
}
