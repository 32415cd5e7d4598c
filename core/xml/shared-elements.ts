import type { ElementData, ElementUnderWork } from './element-data.ts';

/** Elements that are kept before all are forgotten. */
const most = 8192;
/** Characters of the longest one. */
export const longestShared = 400;
/** Elements that it can have within one another, itself included. */
export const deepestShared = Math.floor(longestShared / '<a></a>'.length);
/** Strings of more characters may hold on to the whole text that they were cut from. */
const copiedAnyhow = 12;

/**
 * Small elements, with all that they hold, by what is written for them. Domain XML says the same
 * things again and again, in one document and in the next: they are read once, and what grammars say
 * of them is asked once.
 */
export class SharedElements {
  private readonly known = new Map<string, ElementData>();
  private readonly textsStay: boolean;

  /** `textsStay`: the texts are kept by others anyway, so that parts of them may hold on to them. */
  constructor(textsStay = false) {
    this.textsStay = textsStay;
  }

  /** The element that `[start, end)` of a text stands for; undefined when it was not read before. */
  find(text: string, start: number, end: number): ElementData | undefined {
    return end - start > longestShared ? undefined : this.known.get(text.slice(start, end));
  }

  /** Keeps an element that was read without any problem from just these characters. */
  keep(text: string, start: number, end: number, data: ElementUnderWork): void {
    if (end - start > longestShared) return;
    if (this.known.size >= most) this.known.clear();
    if (!this.textsStay) {
      data.words = data.words.map(copied);
      data.text = copied(data.text);
      data.rawText = copied(data.rawText);
    }
    const written = text.slice(start, end);
    this.known.set(this.textsStay ? written : copied(written), data);
  }
}

/** The same string, which keeps nothing else in memory. */
function copied(text: string): string {
  return text.length <= copiedAnyhow ? text : ` ${text}`.slice(1);
}
