import type { Answer } from '../../core/facts/snapshot.ts';
import { parseBatch, virshError } from '../../core/virsh/parse/sections.ts';
import type { BatchAnswers, Section } from '../../core/virsh/parse/sections.ts';
import { whyNot } from './reasons.ts';

/** The sections of the first script, and what virsh answered within two of them. */
export class SectionReader {
  readonly user: string;
  readonly batch: BatchAnswers;
  readonly #byName: ReadonlyMap<string, Section>;

  constructor(sections: readonly Section[], mark: string) {
    this.#byName = new Map(sections.map((section) => [section.name, section]));
    this.user = this.#byName.get('user')?.out.trim() ?? '';
    const texts = ['libvirt', 'details'].map((name) => this.#byName.get(name)?.out ?? '');
    this.batch = parseBatch(texts.join('\n'), mark);
  }

  section(name: string): Section | undefined {
    return this.#byName.get(name);
  }

  /** The output of a section, or of a virsh command about the host; else the reason. */
  text(name: string): { readonly out: string } | { readonly why: string } {
    const section = this.#byName.get(name);
    if (section?.code === 0) return { out: section.out };
    if (section !== undefined) return { why: whyNot(section, this.user) };
    const answer = this.batch.get('-')?.get(name);
    if (answer === undefined) return { why: this.#whyNoLibvirt() };
    const error = virshError(answer);
    return error === undefined ? { out: answer } : { why: error };
  }

  answer<T>(
    from: string,
    names: readonly string[],
    read: (...texts: string[]) => T | undefined,
  ): Answer<T> {
    const texts: string[] = [];
    for (const name of names) {
      const text = this.text(name);
      if ('why' in text) return { ok: false, why: text.why, from };
      texts.push(text.out);
    }
    const value = read(...texts);
    return value === undefined
      ? { ok: false, why: 'its output could not be understood', from }
      : { ok: true, value, from };
  }

  /** virsh that cannot connect prints its error and none of the answers. */
  #whyNoLibvirt(): string {
    const details = this.#byName.get('details');
    if (details !== undefined && details.code !== 0) return whyNot(details, this.user);
    const libvirt = this.#byName.get('libvirt');
    return libvirt === undefined ? 'it was not asked' : whyNot(libvirt, this.user);
  }
}
