import { libvirtPort, migrationAddress, placeOf } from '../../core/facts/migration-address.ts';
import { destinationUri, isUsableDestinationUri } from '../../core/planner/destination-uri.ts';
import type { Surroundings } from '../../core/service/surroundings.ts';
import type { PeerQuestion } from '../collect/peer.ts';

/** First port that libvirt takes for a migration when nothing else is configured. */
const firstMigrationPort = 49152;

/**
 * How the source is to try the destination. Undefined when the file does not name it, and for a URI
 * with parameters: some of those name programs to run, and looking must not run what a file says.
 */
export function peerQuestion({ descriptor, hosts }: Surroundings): PeerQuestion | undefined {
  const name = descriptor.migration.destination?.value;
  if (name === undefined) return undefined;
  const host = hosts.find((candidate) => candidate.name === name)?.host;
  const uri = destinationUri(name, host);
  const place = placeOf(uri);
  const port = libvirtPort(uri);
  if (!isUsableDestinationUri(uri) || uri.includes('?')) return undefined;
  if (place === undefined || port === undefined) return undefined;
  const memory = migrationAddress(descriptor.migration, host);
  const address = memory?.host ?? place.host;
  return {
    name,
    uri,
    address,
    ports: [
      { host: place.host, port },
      { host: address, port: memory?.port ?? firstMigrationPort },
    ],
  };
}
