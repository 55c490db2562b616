import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readBundleName, SharedStoreError } from './engine';

/** Where the key that signs stands. */
export const PRIVATE_KEY_VARIABLE = 'TESTMON_SHARED_PRIVATE_KEY';

/** Signs the name of a bundle, which holds the hash of its content, for the scope that it goes to. */
export type Signer = (scope: string, name: string) => string;

/** Whether the name of a bundle in a scope is signed by the right key. */
export type Verifier = (scope: string, name: string) => boolean;

/** @param key PKCS8, as PEM or as base64 of DER. @throws {SharedStoreError} Where it is none. */
export function makeSigner(key: string): Signer {
  const privateKey = readKey(PRIVATE_KEY_VARIABLE, () =>
    createPrivateKey(
      isPem(key) ? key : { key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' },
    ),
  );
  return (scope, name) => sign(null, signed(scope, name), privateKey).toString('base64url');
}

/** @param key SPKI, as PEM or as base64 of DER. @throws {SharedStoreError} Where it is none. */
export function makeVerifier(key: string): Verifier {
  const publicKey = readKey('the option shared.publicKey', () =>
    createPublicKey(
      isPem(key) ? key : { key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' },
    ),
  );
  return (scope, name) => {
    const { signature } = readBundleName(name) ?? {};
    if (!signature) return false;
    const unsigned = name.slice(0, -signature.length - 1);
    return verify(null, signed(scope, unsigned), publicKey, Buffer.from(signature, 'base64url'));
  };
}

/** A new pair of keys: base64 of DER, so that each fits into a variable. */
export function makeKeys(): { publicKey: string; privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  };
}

/** With the scope: what was signed for one is no good in another. */
function signed(scope: string, name: string): Buffer {
  return Buffer.from(`jest-testmon bundle\n${scope}\n${name}`);
}

function isPem(key: string): boolean {
  return key.includes('-----BEGIN');
}

function readKey(where: string, read: () => KeyObject): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = read();
  } catch {
    // The error of the parser tells nobody anything, and might quote the key.
  }
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new SharedStoreError('unprepared', `${where} holds no Ed25519 key`);
}
