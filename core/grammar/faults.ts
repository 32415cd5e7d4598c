import type { Span } from '../text/span.ts';
import type { XmlAttribute, XmlElement } from '../xml/tree.ts';
import type { Attribute, Element, ExpandedName, Pattern } from './pattern.ts';

/** One place where a document departs from its grammar, with what could stand there instead. */
export type Fault =
  | {
      readonly kind: 'attribute-not-allowed';
      readonly element: XmlElement;
      readonly attribute: XmlAttribute;
      /** Names that could still come; those of the element anyhow when `elsewhere` is true. */
      readonly allowed: readonly ExpandedName[];
      /** The element can have this attribute, but not together with what else it says. */
      readonly elsewhere: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'attribute-value';
      readonly element: XmlElement;
      readonly attribute: XmlAttribute;
      readonly accepting: readonly Attribute[];
      /** Nothing is wrong but the white space around it. */
      readonly onlySpace: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'attribute-missing';
      readonly element: XmlElement;
      /** All of them are missing, or (`oneOf`) one of them. */
      readonly names: readonly ExpandedName[];
      readonly oneOf: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'element-not-allowed';
      readonly element: XmlElement;
      readonly parent: XmlElement | undefined;
      readonly allowed: readonly ExpandedName[];
      readonly elsewhere: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'element-missing';
      readonly element: XmlElement;
      readonly names: readonly ExpandedName[];
      readonly oneOf: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'text-value';
      readonly element: XmlElement;
      readonly content: Pattern;
      /** Nothing is wrong but the white space around it. */
      readonly onlySpace: boolean;
      readonly span: Span;
    }
  | { readonly kind: 'text-not-allowed'; readonly element: XmlElement; readonly span: Span };

export interface Candidate {
  readonly pattern: Element;
  readonly faults: readonly Fault[];
}
