import type { Domain } from '../domain/domain.ts';
import type { Fact } from './fact.ts';
import type {
  Emulation,
  FileFacts,
  HostAccess,
  HostClock,
  HostInterface,
  HostPressure,
  HostTopology,
  KernelFacts,
  LibvirtSecret,
  ListeningPorts,
  MigrationCertificates,
  PeerFacts,
  PowerState,
  QemuConfiguration,
  TpmEmulator,
} from './host-facts.ts';
import type {
  Answer,
  DomainFacts,
  HostCapacity,
  HostCpu,
  HostIdentity,
  HostVersions,
  ImageFacts,
  LibvirtNetwork,
  StoragePool,
} from './snapshot.ts';

interface HostFactTypes {
  identity: HostIdentity;
  versions: HostVersions;
  capacity: HostCapacity;
  cpu: HostCpu;
  networks: readonly LibvirtNetwork[];
  bridges: readonly string[];
  pools: readonly StoragePool[];
  domains: readonly DomainFacts[];
  /** Images that were asked for, by absolute path. A path not in the map was not asked. */
  images: ReadonlyMap<string, ImageFacts>;
  access: HostAccess;
  clock: HostClock;
  power: PowerState;
  pressure: HostPressure;
  kernel: KernelFacts;
  topology: HostTopology;
  interfaces: readonly HostInterface[];
  ports: ListeningPorts;
  emulation: Emulation;
  configuration: QemuConfiguration;
  certificates: MigrationCertificates;
  secrets: readonly LibvirtSecret[];
  tpm: TpmEmulator;
  /** Paths that are no images. A path not in the map was not asked. */
  files: ReadonlyMap<string, Answer<FileFacts>>;
}

type Prefixed<P extends string, T> = { [K in keyof T & string as `${P}.${K}`]: T[K] };

/**
 * Every fact a rule can need, by name. `domain` is the domain model: from the descriptor's
 * `domainXml` file when there is one (its spans lie in that file), else from the source host's live
 * XML. `source.domain` is what the source host says of the domain (state, job, live XML…);
 * unknown when the source does not have it.
 */
export type FactTypes = Prefixed<'source', HostFactTypes> &
  Prefixed<'destination', HostFactTypes> & {
    domain: Domain;
    'source.domain': DomainFacts;
    /** How the source reaches the destination. */
    'source.peer': PeerFacts;
  };

export type FactName = keyof FactTypes;

/** All facts of one migration, each known or unknown with its reason. */
export type MigrationFacts = { readonly [K in FactName]: Fact<FactTypes[K]> };
