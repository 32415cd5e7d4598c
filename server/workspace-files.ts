import { pathToFileURL } from 'node:url';
import { say } from '../core/messages.ts';
import type { Message } from '../core/messages.ts';
import { isDescriptorName, isDomainXmlName } from '../core/service/document-kind.ts';
import { canonicalUri } from './file-uri.ts';
import { descriptorLimit, findDescriptors } from './find-descriptors.ts';
import type { OpenWorkspace } from './open-workspace.ts';

interface WorkspaceFilesOptions {
  readonly workspace: OpenWorkspace;
  /** The descriptors of the workspace are other ones. */
  found(): void;
  tell(message: Message): void;
}

/** Keeps the set of descriptors that are looked at although nobody opened them. */
export class WorkspaceFiles {
  private readonly options: WorkspaceFilesOptions;
  private isWanted = true;
  private search = 0;
  private told = false;
  private readonly waiting = new Set<() => void>();
  private isKnown = false;

  constructor(options: WorkspaceFilesOptions) {
    this.options = options;
  }

  set wanted(wanted: boolean) {
    if (this.isWanted === wanted) return;
    this.isWanted = wanted;
    if (this.isKnown) this.look();
  }

  /** Looks the workspace folders through; a search that is under way is given up. */
  look(): void {
    const search = ++this.search;
    const isOver = (): boolean => search !== this.search;
    void this.find(isOver).then(({ paths, cut }) => {
      if (isOver()) return;
      this.take(new Set(paths.map((path) => pathToFileURL(path).href)));
      if (cut && !this.told) {
        this.told = true;
        this.options.tell(
          say(
            'This workspace has more migration files than are checked unopened: the first {0} are. Others are checked when they are opened.',
            descriptorLimit,
          ),
        );
      }
    });
  }

  private find(isOver: () => boolean): ReturnType<typeof findDescriptors> {
    if (!this.isWanted) return Promise.resolve({ paths: [], cut: false });
    return findDescriptors(this.options.workspace.folders, isOver);
  }

  /** A file was made or removed. */
  changed(uri: string): void {
    if (!this.isWanted || !this.isKnown) return;
    const { workspace } = this.options;
    // A folder that is moved or removed is told as one change of its own.
    const isFolder = [...workspace.unopened].some((each) =>
      each.startsWith(`${canonicalUri(uri)}/`),
    );
    if (isDescriptorName(uri) || isDomainXmlName(uri) || isFolder) this.look();
  }

  /** Resolves once the workspace was looked through. */
  known(): Promise<void> {
    if (this.isKnown) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting.add(resolve);
    });
  }

  stop(): void {
    this.search++;
    this.release();
  }

  private take(found: ReadonlySet<string>): void {
    const { workspace } = this.options;
    const before = workspace.unopened;
    const same = before.size === found.size && [...found].every((uri) => before.has(uri));
    this.release();
    if (same) return;
    workspace.unopened = found;
    workspace.changed();
    this.options.found();
  }

  private release(): void {
    this.isKnown = true;
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
