// A real OpenID Connect provider (npm's oidc-provider) with one person.
//
//     oidc_provider.mjs NODE_MODULES REDIRECT_URI POST_LOGOUT_URI
//
// Listens on a free port of 127.0.0.1 and prints {"issuer": …}. Its pages ask for a name and any password.
// Ends when stdin ends.
import http from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, redirectUri, postLogoutUri] = process.argv.slice(2);
const { default: Provider } = await import(
  pathToFileURL(path.join(modules, 'oidc-provider', 'lib', 'index.js'))
);

const server = http.createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

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
      groups: ['sales', 'managers'],
      address: { country: 'KR' },
    }),
  }),
});
server.on('request', provider.callback());
console.log(JSON.stringify({ issuer }));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
