import type { Message } from '../messages.ts';

/** What one thing of domain XML means, in our own words, and what a live migration makes of it. */
export interface Documentation {
  readonly means: Message;
  /** Absent where a migration takes no notice of it. */
  readonly migration?: Message;
  /** What libvirt or QEMU takes when it is absent, as it would be written. */
  readonly default?: string;
  /** The version of libvirt that brought it; absent where that is not certain. */
  readonly since?: string;
}

export interface AttributeDocumentation extends Documentation {
  readonly values?: Readonly<Record<string, Message>>;
}

export interface ElementDocumentation extends Documentation {
  /** Anchor in libvirt's page on domain XML; that of the nearest parent holds where it is absent. */
  readonly section?: string;
  /** What the text in the element can say. */
  readonly values?: Readonly<Record<string, Message>>;
  readonly attributes?: Readonly<Record<string, AttributeDocumentation>>;
  readonly children?: Readonly<Record<string, ElementDocumentation>>;
}
