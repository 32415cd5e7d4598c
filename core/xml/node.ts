import type { Located, Span } from '../text/span.ts';
import { placesEach } from './element-data.ts';
import type { ElementData } from './element-data.ts';
import type { XmlAttribute, XmlElement } from './tree.ts';

/** An element at its place. What it shows is made when it is asked for: most is never looked at. */
export class XmlNode implements XmlElement {
  readonly data: ElementData;
  readonly parent: XmlElement | undefined;
  readonly start: number;
  /** Children by their place; each is made when it is asked for. */
  private known: (XmlNode | undefined)[] | undefined = undefined;
  private knownAll = false;
  private knownAttributes: readonly AttributeNode[] | undefined = undefined;

  constructor(data: ElementData, start: number, parent: XmlElement | undefined) {
    this.data = data;
    this.start = start;
    this.parent = parent;
  }

  get name(): string {
    return this.data.name;
  }

  get nameSpan(): Span {
    return this.range(1, this.data.nameEnd);
  }

  get span(): Span {
    return this.range(0, this.data.length);
  }

  get startTagSpan(): Span {
    return this.range(0, this.data.startTagEnd);
  }

  get endTagSpan(): Span | undefined {
    const { endTagStart, length } = this.data;
    return endTagStart < 0 ? undefined : this.range(endTagStart, length);
  }

  get attributes(): readonly XmlAttribute[] {
    return (this.knownAttributes ??= this.makeAttributes());
  }

  get children(): readonly XmlElement[] {
    const { length } = this.data.children;
    if (length === 0) return none;
    if (!this.knownAll) for (let at = 0; at < length; at++) this.child(at);
    this.knownAll = true;
    return this.known as readonly XmlNode[];
  }

  child(at: number): XmlNode | undefined {
    const made = this.known?.[at];
    if (made !== undefined) return made;
    const { children, childStarts } = this.data;
    const child = children[at];
    if (child === undefined) return undefined;
    this.known ??= new Array<XmlNode | undefined>(children.length).fill(undefined);
    return (this.known[at] = new XmlNode(child, this.start + (childStarts[at] ?? 0), this));
  }

  get text(): Located<string> {
    const { text, textStart, textEnd } = this.data;
    return { value: text, span: this.range(textStart, textEnd) };
  }

  get rawText(): string {
    return this.data.rawText;
  }

  private range(start: number, end: number): Span {
    return { start: this.start + start, end: this.start + end };
  }

  private makeAttributes(): readonly AttributeNode[] {
    const made: AttributeNode[] = [];
    const count = this.data.words.length / 2;
    for (let at = 0; at < count; at++) made.push(new AttributeNode(this, at));
    return made;
  }
}

const none: readonly XmlNode[] = [];

class AttributeNode implements XmlAttribute {
  readonly name: string;
  readonly value: string;
  private readonly element: XmlNode;
  private readonly place: number;

  constructor(element: XmlNode, at: number) {
    const { words } = element.data;
    this.name = words[2 * at] ?? '';
    this.value = words[2 * at + 1] ?? '';
    this.element = element;
    this.place = at * placesEach;
  }

  get nameSpan(): Span {
    const start = this.offset(0);
    return { start, end: start + this.name.length };
  }

  get valueSpan(): Span {
    return { start: this.offset(1), end: this.offset(2) };
  }

  get span(): Span {
    return { start: this.offset(0), end: this.offset(3) };
  }

  private offset(which: number): number {
    const { start, data } = this.element;
    return start + (data.places[this.place + which] ?? 0);
  }
}
