// A real OpenID Connect provider (npm's oidc-provider) that knows whoever gives a name and any password.
//
//     oidc_provider.mjs NODE_MODULES REDIRECT_URI POST_LOGOUT_URI [GROUPS]
//
// GROUPS is JSON: the groups of each name; without it everybody is in `sales` and `managers`. Listens on a
// free port of 127.0.0.1 and prints {"issuer": …}. A line "rotate" on stdin gives it another key to sign with,
// and it prints {"rotated": …}. Ends when stdin ends.
import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [modules, redirectUri, postLogoutUri, groups] = process.argv.slice(2);
const groupsOf = groups ? JSON.parse(groups) : null;
const { default: Provider } = await import(
  pathToFileURL(path.join(modules, 'oidc-provider', 'lib', 'index.js'))
);

const server = http.createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

// With a key of its own, the only one: what was signed before is not known any more.
const provide = (number) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: `key-${number}`, use: 'sig', alg: 'RS256' };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'jangpyo',
        client_secret: 'a secret/with:signs+',
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [postLogoutUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ['the same for every key that signs tokens'] },
    // Groups come with user info, the rest as well: ID tokens have only the subject.
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['preferred_username', 'groups', 'address'] },
    pkce: { required: () => true },
    features: { rpInitiatedLogout: { enabled: true } },
    findAccount: async (_context, id) => ({
      accountId: id,
      claims: async () => ({
        sub: id,
        email: `${id}@Example.com`,
        email_verified: true,
        preferred_username: id,
        groups: groupsOf ? groupsOf[id] ?? [] : ['sales', 'managers'],
        address: { country: 'KR' },
      }),
    }),
  });
  server.removeAllListeners('request');
  server.on('request', provider.callback());
};

let number = 1;
provide(number);
console.log(JSON.stringify({ issuer }));
createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line !== 'rotate') return;
    number += 1;
    provide(number);
    console.log(JSON.stringify({ rotated: number }));
  })
  .on('close', () => process.exit(0));
