import type { RuleDefinition } from '../rule.ts';
import tlsCertsPresent from './tls-certs-present.ts';
import tlsForce from './tls-force.ts';
import tlsVerifyPeer from './tls-verify-peer.ts';

/** What TLS needs of the hosts. */
export const tlsRules: readonly RuleDefinition[] = [tlsCertsPresent, tlsForce, tlsVerifyPeer];
