/** What somebody found out about an element, kept with it; the answers follow from the element alone. */
export interface Judgement {
  /** What it was held against, and the surroundings that count. */
  readonly against: object;
  readonly within: object;
  readonly holds: boolean;
  readonly next: Judgement | undefined;
}

/** What somebody read an element as, kept with it; its places are those of the element at `start`. */
export interface Reading {
  readonly by: object;
  readonly start: number;
  readonly value: unknown;
}

/**
 * An element without its place: all offsets are counted from its own `<`, and it knows nothing of
 * what stands around it, so that the next version of a document can share what was not touched. The
 * parser fills it; from then on only what others keep with it ever changes.
 */
export class ElementUnderWork {
  name: string;
  /** Behind the name of the start tag, which an end tag can have completed since. */
  nameEnd: number;
  /** Behind the start tag. */
  startTagEnd: number;
  /** The end tag's `<`; -1 without an end tag. */
  endTagStart = -1;
  /** Of the whole element. */
  length: number;
  /** Name and value of each attribute, in turn. */
  words: readonly string[];
  /** For each attribute its beginning, its value's beginning and end, and its end. */
  places: readonly number[];
  /** Some attribute declares a namespace. */
  declares: boolean;
  children: ElementData[] = noElements;
  /** Where each of `children` begins. */
  childStarts: number[] = noNumbers;
  /** Direct text without and with white space at its ends, as in `XmlElement`. */
  text = '';
  rawText = '';
  textStart: number;
  textEnd: number;
  judgement: Judgement | undefined = undefined;
  reading: Reading | undefined = undefined;

  constructor(name: string, nameEnd: number, startTagEnd: number, attributes: AttributeData) {
    this.name = name;
    this.nameEnd = nameEnd;
    this.startTagEnd = startTagEnd;
    this.length = startTagEnd;
    this.words = attributes.words;
    this.places = attributes.places;
    this.declares = attributes.declares;
    this.textStart = startTagEnd;
    this.textEnd = startTagEnd;
  }

  /** Takes up one more child, which begins at `start`. */
  add(child: ElementData, start: number): void {
    if (this.children === noElements) {
      this.children = [child];
      this.childStarts = [start];
    } else {
      this.children.push(child);
      this.childStarts.push(start);
    }
  }
}

export interface AttributeData {
  readonly words: readonly string[];
  readonly places: readonly number[];
  readonly declares: boolean;
}

/** Numbers of `places` that belong to one attribute. */
export const placesEach = 4;

/** Which attribute has this name, counted from 0; -1 when none has. */
export function attributeIndex({ words }: Pick<ElementData, 'words'>, name: string): number {
  for (let at = 0; at < words.length; at += 2) if (words[at] === name) return at / 2;
  return -1;
}

/** Most elements have no child; they share these, to which nothing is ever added. */
const noElements: ElementData[] = [];
const noNumbers: number[] = [];

export const noAttributes: AttributeData = { words: [], places: [], declares: false };

/** The finished element; see `ElementUnderWork`. */
export type ElementData = Readonly<
  Omit<ElementUnderWork, 'children' | 'childStarts' | 'add' | 'judgement' | 'reading'>
> & {
  readonly children: readonly ElementData[];
  readonly childStarts: readonly number[];
  judgement: Judgement | undefined;
  reading: Reading | undefined;
};
